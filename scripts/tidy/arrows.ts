/**
 * The arrows of the architecture. `sources` is what any file of the workspace may import, `root` what its composition
 * roots may import on top of that. A new workspace starts with a row here.
 */
import { importsOf, pathOf } from "./imports.ts";
import { isCompositionRoot, isScript, isTest } from "./places.ts";
import { type ProjectFile, type Rule, type Violation, violationAt, violationOf, workspacesOf } from "./project.ts";

const ADAPTERS = ["redis", "drizzle", "monitoring", "local"];

const ARROWS: Readonly<Record<string, { sources: readonly string[]; root?: readonly string[] }>> = {
  core: { sources: [] },
  client: { sources: [] },
  web: { sources: ["client"] },
  redis: { sources: ["core"] },
  drizzle: { sources: ["core"] },
  monitoring: { sources: ["core"] },
  local: { sources: [] },
  api: { sources: ["core"], root: ADAPTERS },
  worker: { sources: ["core"], root: ADAPTERS },
  scheduler: { sources: ["core"], root: ADAPTERS },
  cli: { sources: ["core", "client"], root: [...ADAPTERS, "api", "worker", "scheduler"] },
  bench: { sources: ["core", "redis", "drizzle", "local", "cli"] },
};

/** What the contract suites and generators under core/src/testing are written with. */
const TESTING_LIBRARIES = ["vitest", "fast-check"];

/** Beside the product: what looks at it from outside may do so with the tests' own means, such as a browser. */
const MEASURING = new Set(["bench"]);

const SCOPE = "@flashgate/";

export const arrows: Rule = {
  name: "arrows",
  why: "the business can be read, tested and simulated without any service, and an adapter replaced without its neighbours",
  check: (project) => [
    ...workspacesOf(project)
      .filter((workspace) => !(workspace in ARROWS))
      .map((workspace) =>
        violationOf(
          "package.json",
          `workspace "${workspace}" has no row in the table of scripts/tidy/arrows.ts: add one`,
        ),
      ),
    ...project.filter(({ path }) => workspaceOf(path) in ARROWS && isScript(path) && !isTest(path)).flatMap(checkFile),
  ],
};

const workspaceOf = (path: string) => path.slice(0, path.indexOf("/"));

function checkFile(file: ProjectFile): Violation[] {
  return importsOf(file).flatMap(({ specifier, offset }) => {
    const fault = faultOf(file.path, specifier);
    return fault === undefined ? [] : [violationAt(file, offset, fault)];
  });
}

function faultOf(path: string, specifier: string): string | undefined {
  const workspace = workspaceOf(path);
  if (specifier.startsWith(".")) {
    const stays = pathOf(path, specifier).startsWith(`${workspace}/`);
    return stays ? undefined : `"${specifier}" leaves ${workspace}: import the other workspace by its package name`;
  }
  if (specifier.startsWith(SCOPE)) return workspaceFaultOf(path, specifier);
  if (workspace !== "core") return undefined;
  if (path.startsWith("core/src/testing/") && TESTING_LIBRARIES.includes(specifier)) return undefined;
  return `core imports nothing outside itself: put what "${specifier}" gives behind a port`;
}

function workspaceFaultOf(path: string, specifier: string): string | undefined {
  const workspace = workspaceOf(path);
  const [target = "", subpath] = specifier.slice(SCOPE.length).split("/");
  const { sources = [], root = [] } = ARROWS[workspace] ?? {};
  if (subpath === "testing" && !MEASURING.has(workspace)) return `"${specifier}" is for tests: no source may import it`;
  if (sources.includes(target)) return undefined;
  if (!root.includes(target)) return `${workspace} may not import ${target}: ${arrowsFrom(workspace)}`;
  if (isCompositionRoot(path)) return undefined;
  return `only a composition root of ${workspace} may import ${target}: take a port of core and be handed the adapter`;
}

function arrowsFrom(workspace: string): string {
  const allowed = [...(ARROWS[workspace]?.sources ?? []), ...(ARROWS[workspace]?.root ?? [])];
  return allowed.length === 0 ? "it imports no other workspace" : `its arrows go to ${allowed.join(", ")}`;
}
