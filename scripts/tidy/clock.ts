/** Time, randomness and ids come through ports. */
import { forbid } from "./forbid.ts";
import { maskOf } from "./mask.ts";
import { baseName, isCompositionRoot, isScript, isTooling } from "./places.ts";
import type { Rule } from "./project.ts";

/** The files that implement those ports. */
const ADAPTERS = new Set(["clock.ts", "system-clock.ts", "ids.ts", "random.ts"]);

const TIME = "take the time from the clock port";
const CHANCE = "take it from the port of ids or randomness";

export const clock: Rule = {
  name: "clock",
  why: "a simulation owns every moment and every id, so a seed replays a run to the last step",
  check: (project) =>
    forbid(
      project.filter(
        ({ path }) => isScript(path) && !isTooling(path) && !isCompositionRoot(path) && !ADAPTERS.has(baseName(path)),
      ),
      (file) => maskOf(file).code,
      [
        { pattern: /\bDate\s*\.\s*now\b/g, mend: TIME },
        { pattern: /\bnew\s+Date\b(?!\s*\(\s*[^\s)])(?:\s*\(\s*\))?/g, mend: TIME },
        { pattern: /\bperformance\s*\.\s*now\b/g, mend: TIME },
        { pattern: /\bprocess\s*\.\s*hrtime\b/g, mend: TIME },
        { pattern: /\bMath\s*\.\s*random\b/g, mend: CHANCE },
        { pattern: /\b(?:randomUUID|randomBytes|getRandomValues)\b/g, mend: CHANCE },
      ],
    ),
};
