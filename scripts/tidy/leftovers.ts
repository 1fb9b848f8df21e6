/** Nothing is left for later: no marks of unfinished work, no test switched off. */
import { forbid } from "./forbid.ts";
import { maskOf } from "./mask.ts";
import { isGenerated, isScript, isTest } from "./places.ts";
import type { Rule } from "./project.ts";

const RUN = "every test runs, every time: mend it or delete it";

export const leftovers: Rule = {
  name: "leftovers",
  why: "a tree is finished at every commit; what is wished for is an issue, not a comment",
  check: (project) => [
    ...forbid(
      project.filter(({ path }) => !isGenerated(path)),
      ({ text }) => text,
      // spelled so that this line does not accuse itself
      [{ pattern: /\b(?:TO(?:DO)|FIX(?:ME)|XX(?:X))\b/g, mend: "do it now, or say in an issue why not" }],
    ),
    ...forbid(
      project.filter(({ path }) => isScript(path) && (isTest(path) || path.startsWith("core/src/testing/"))),
      (file) => maskOf(file).code,
      [
        { pattern: /\.\s*(?:skip|only)\s*[.(]/g, mend: RUN },
        { pattern: /\b(?:it|test|describe)\s*\.\s*todo\b/g, mend: RUN },
      ],
    ),
  ],
};
