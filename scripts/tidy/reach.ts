/** Every source is reached by imports from an entry of its workspace; what only a test imports is not. */
import { sourcesNamedBy } from "./imports.ts";
import { isSource } from "./places.ts";
import { fileAt, jsonAt, type Project, type ProjectFile, type Rule, violationOf, workspacesOf } from "./project.ts";

interface Manifest {
  readonly exports?: unknown;
  readonly bin?: string | Readonly<Record<string, string>>;
}

export const reach: Rule = {
  name: "reach",
  why: "no file that nobody runs: what is in the tree is in the product",
  check: (project) =>
    workspacesOf(project).flatMap((workspace) => {
      const reached = reachedFrom(project, entriesOf(project, workspace));
      return project
        .filter(({ path }) => path.startsWith(`${workspace}/`) && isSource(path) && /(?<!\.d)\.tsx?$/.test(path))
        .filter((file) => !reached.has(file))
        .map(({ path }) =>
          violationOf(path, `no entry of ${workspace}/package.json leads here by imports: import it or delete it`),
        );
    }),
};

function reachedFrom(project: Project, entries: readonly ProjectFile[]): ReadonlySet<ProjectFile> {
  const reached = new Set(entries);
  // a Set hands out what is added while it is walked
  for (const file of reached) for (const named of sourcesNamedBy(project, file)) reached.add(named);
  return reached;
}

/** What others can start or import: exports, bin, a process's main and supervisor, a page's main, the settings of tools. */
function entriesOf(project: Project, workspace: string): ProjectFile[] {
  const { exports, bin = {} } = (jsonAt(project, `${workspace}/package.json`) ?? {}) as Manifest;
  const bins = typeof bin === "string" ? [bin] : Object.values(bin);
  const named = [...sourcesIn(exports), ...bins, "src/main.ts", "src/supervisor.ts"];
  const found = project.filter(
    ({ path }) => path.startsWith(`${workspace}/`) && /^[^/]+\/(?:[^/]+\.config\.ts|src\/[^/]+\/main\.tsx)$/.test(path),
  );
  return [...found, ...named.flatMap((path) => fileAt(project, `${workspace}/${path.replace(/^\.\//, "")}`) ?? [])];
}

/** Every value of a "source" condition, however deep. */
function sourcesIn(exports: unknown): string[] {
  if (typeof exports !== "object" || exports === null) return [];
  return Object.entries(exports).flatMap(([condition, value]) =>
    condition === "source" && typeof value === "string" ? [value] : sourcesIn(value),
  );
}
