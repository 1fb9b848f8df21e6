/** Every workspace looks alike from outside: a package.json, a src, a test. */
import { fileAt, type Rule, violationOf, workspacesOf } from "./project.ts";

export const folders: Rule = {
  name: "folders",
  why: "who knows one room finds the way in every other",
  check: (project) => {
    const workspaces = workspacesOf(project);
    if (workspaces.length === 0) return [violationOf("package.json", "lists no workspaces: is this the root?")];
    return workspaces.flatMap((workspace) => {
      const has = (pattern: RegExp) =>
        project.some(({ path }) => path.startsWith(`${workspace}/`) && pattern.test(path.slice(workspace.length + 1)));
      const missing = [
        fileAt(project, `${workspace}/package.json`) ? [] : ["a package.json"],
        has(/^src\/.*\.ts$/) ? [] : ["a source under src/"],
        has(/^test\/.*\.test\.ts$/) ? [] : ["a test under test/"],
      ].flat();
      return missing.map((what) => violationOf(`${workspace}/package.json`, `the workspace lacks ${what}: add it`));
    });
  },
};
