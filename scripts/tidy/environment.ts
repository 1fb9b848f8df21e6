/** The environment is read in one place per process. */
import { forbid } from "./forbid.ts";
import { maskOf } from "./mask.ts";
import { isScript, isTooling } from "./places.ts";
import type { Rule } from "./project.ts";

/** `config.ts` of a process, and the `<tool>.config.ts` of a tool. */
const readsEnvironment = (path: string) =>
  /(?:^|[/.])config\.ts$/.test(path) || path.startsWith("cli/src/commands/") || path.startsWith("cli/bin/");

export const environment: Rule = {
  name: "environment",
  why: "a process parses its settings once, lists every fault together and refuses to start on any",
  check: (project) =>
    forbid(
      project.filter(({ path }) => isScript(path) && !isTooling(path) && !readsEnvironment(path)),
      (file) => maskOf(file).code,
      [{ pattern: /\bprocess\s*\.\s*env\b/g, mend: "read it in config.ts and pass the parsed value" }],
    ),
};
