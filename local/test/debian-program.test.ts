import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { debianProgram } from "../src/debian-program.ts";
import { script, testFolder } from "./folder.ts";

const never = new AbortController().signal;
/** A wrk that says what the real one does when it is asked for its version. */
const WRK = ["echo wrk 4.1.0", "exit 1"];

/** A system with an apt-get that fetches one package, and a dpkg-deb that unpacks `program` from it. */
function debian(program: readonly string[]) {
  const folder = testFolder();
  const cacheDir = testFolder();
  script(folder, "apt-get", [
    `echo "$*" >> '${folder}/asked'`,
    `for option; do case "$option" in Dir::Cache=*) : > "\${option#Dir::Cache=}/archives/wrk.deb";; esac; done`,
  ]);
  writeFileSync(join(folder, "program"), `#!/bin/sh\n${program.join("\n")}\n`, { mode: 0o755 });
  script(folder, "dpkg-deb", [`/bin/mkdir -p "$3/usr/bin" && /bin/cp '${folder}/program' "$3/usr/bin/wrk"`]);
  const plan = { name: "wrk", packages: ["wrk"], versionArgs: ["-v"], env: { PATH: folder }, cacheDir };
  return { folder, cacheDir, plan, isFetched: () => existsSync(join(folder, "asked")) };
}

test("a program on PATH is taken, and nothing is fetched", async () => {
  const { folder, plan, isFetched } = debian(WRK);
  const file = script(folder, "wrk", WRK);
  expect(await debianProgram(plan, never)).toMatchObject({ kind: "found", file });
  expect(isFetched()).toBe(false);
});

test.runIf(process.platform === "linux")("else a private copy is fetched, once", async () => {
  const { cacheDir, plan, folder } = debian(WRK);
  const found = await debianProgram(plan, never);
  const file = join(cacheDir, `debian-wrk-${process.arch}`, "usr/bin/wrk");
  expect(found).toMatchObject({ kind: "found", file });
  script(folder, "apt-get", ["exit 100"]);
  expect(await debianProgram(plan, never)).toMatchObject({ kind: "found", file });
  expect(readdirSync(cacheDir)).toEqual([`debian-wrk-${process.arch}`]);
});

test.runIf(process.platform === "linux")("a copy that does not run here is fetched anew", async () => {
  const { cacheDir, plan, folder } = debian(["exit 127"]);
  await debianProgram(plan, never);
  writeFileSync(join(folder, "program"), `#!/bin/sh\n${WRK.join("\n")}\n`, { mode: 0o755 });
  expect(await debianProgram(plan, never)).toMatchObject({ kind: "found" });
  expect(readdirSync(cacheDir)).toHaveLength(1);
});

test("where neither is to be had, it is said why", async () => {
  const plan = {
    name: "wrk",
    packages: ["wrk"],
    versionArgs: ["-v"],
    env: { PATH: testFolder() },
    cacheDir: testFolder(),
  };
  expect(await debianProgram(plan, never)).toEqual({ kind: "refused", reason: expect.stringContaining("not on PATH") });
  const broken = debian(WRK);
  script(broken.folder, "apt-get", ["echo no network >&2", "exit 100"]);
  const reason = expect.stringMatching(process.platform === "linux" ? /no network/ : /not on PATH/);
  expect(await debianProgram(broken.plan, never)).toEqual({ kind: "refused", reason });
});
