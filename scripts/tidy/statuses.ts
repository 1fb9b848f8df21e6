/** What an outcome is called in HTTP is decided in one place a dialect. */
import { forbid } from "./forbid.ts";
import { maskOf } from "./mask.ts";
import { isScript } from "./places.ts";
import type { Rule } from "./project.ts";

/**
 * Where the api may spell a status: what went wrong, what went right, and the contest's answers, whose bodies are others.
 * Move a table, and its name moves with it.
 */
const HOMES: readonly string[] = ["api/src/problems.ts", "api/src/responses.ts", "api/src/contest/answers.ts"];

const MEND = `name the outcome and let ${HOMES.join(" or ")} choose the status`;

export const statuses: Rule = {
  name: "statuses",
  why: "one table of each dialect answers which outcome is which status, and no route can disagree with it",
  check: (project) =>
    forbid(
      project.filter(({ path }) => path.startsWith("api/src/") && isScript(path) && !HOMES.includes(path)),
      (file) => maskOf(file).code,
      [
        { pattern: /\b(?:status|writeHead)\s*\(\s*(?:4\d\d|5\d\d|202)\b/g, mend: MEND },
        { pattern: /\b(?:status|statusCode)\s*(?::|={1,3})\s*(?:4\d\d|5\d\d|202)\b/g, mend: MEND },
        { pattern: /\.\s*sendStatus\s*\(/g, mend: MEND },
      ],
    ),
};
