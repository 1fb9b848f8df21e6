import { describe, expect, it } from "vitest";
import { portable } from "../tidy/portable.ts";
import { findings } from "./findings.ts";

const PATH = "say it relative to the project, or take it from an argument";
const REGISTRY = "leave the choice of registry to whoever installs";
/** Put together, so that this file names no machine itself. */
const path = (...parts: string[]) => `/${parts.join("/")}/`;
const host = (...labels: string[]) => labels.join(".");

describe("portable", () => {
  it.each([path("work"), path("home", "ada"), path("Users", "ada")])("refuses the path %s", (found) => {
    for (const before of ["cd ", '"', "file://"]) {
      expect(findings(portable, { "docs/adr/0001.md": `${before}${found}main` })).toEqual([
        `docs/adr/0001.md:1 \`${found}\`: ${PATH}`,
      ]);
    }
  });

  it("refuses a path of Windows", () => {
    const found = ["C:", "Users", ""].join("\\");
    expect(findings(portable, { "README.md": `${found}ada` })).toEqual([`README.md:1 \`${found}\`: ${PATH}`]);
  });

  it.each([host("registry", "npmjs", "org"), host("deb", "debian", "org"), host("archive", "ubuntu", "com")])(
    "refuses the registry %s",
    (found) => {
      expect(findings(portable, { Dockerfile: `RUN curl https://${found}/` })).toEqual([
        `Dockerfile:1 \`${found}\`: ${REGISTRY}`,
      ]);
    },
  );

  it("refuses any host in the lock file and in the settings of npm", () => {
    const files = {
      "package-lock.json": '"resolved": "http://mirror:4873/a/-/a-1.tgz"',
      ".npmrc": "\nregistry=http://mirror:4873",
    };
    expect(findings(portable, files)).toEqual([
      `package-lock.json:1 \`"resolved": "http://mirror:4873\`: ${REGISTRY}: npm install --omit-lockfile-registry-resolved`,
      `.npmrc:2 \`registry=http://mirror:4873\`: ${REGISTRY}`,
    ]);
  });

  it("lets relative paths, routes, Homebrew and workspaces in the lock file pass", () => {
    const passing = {
      "README.md": "see docs/work/ and https://example.test/home/ada/ and /users/ada/ and /worker/src",
      "api/src/app.ts": "const route = '/{tenant}/work/{id}';",
      "package-lock.json": '"resolved": "core"',
      "local/src/find-redis.ts": `const homebrew = "${path("home", "linuxbrew")}bin";`,
      ".npmrc": "audit=false",
    };
    expect(findings(portable, passing)).toEqual([]);
  });
});
