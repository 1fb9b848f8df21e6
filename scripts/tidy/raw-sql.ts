/** SQL is built by Drizzle or is a template with placeholders, never text that was put together. */
import { forbid } from "./forbid.ts";
import { maskOf } from "./mask.ts";
import { isScript, isSource } from "./places.ts";
import type { Rule } from "./project.ts";

export const rawSql: Rule = {
  name: "raw-sql",
  why: "a value that travels as a parameter cannot become a statement, and a statement that never changes stays prepared",
  check: (project) =>
    forbid(
      project.filter(({ path }) => isSource(path) && isScript(path)),
      (file) => maskOf(file).code,
      [{ pattern: /\bsql\s*\.\s*raw\s*\(/g, mend: "use the sql template with placeholders, or sql.identifier" }],
    ),
};
