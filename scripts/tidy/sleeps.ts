/** Tests wait for a signal or a condition with a deadline, never for time to pass. */
import { forbid } from "./forbid.ts";
import { importsOf } from "./imports.ts";
import { maskOf } from "./mask.ts";
import { isScript, isTest } from "./places.ts";
import { type Rule, violationAt } from "./project.ts";

const WAIT = "wait for a signal, or for a condition with a deadline (vi.waitFor, expect.poll)";

/** A promise whose first function, its resolve, is handed to a timer; a timer that rejects is a deadline. */
const RESOLVED_BY_TIMER =
  /\bnew\s+Promise\s*(?:<[^(]*>)?\s*\(\s*(?:async\s*)?\(?\s*([\w$]+)[^;]*?\bsetTimeout\s*\(\s*(?:\(\s*\)\s*=>\s*\{?\s*)?\1\b/g;

export const sleeps: Rule = {
  name: "sleeps",
  why: "a test that sleeps is slow when all is well and wrong when the machine is busy",
  check: (project) => {
    const tests = project.filter(({ path }) => isScript(path) && isTest(path));
    const importedTimers = tests.flatMap((file) =>
      importsOf(file)
        .filter(({ specifier }) => /^(?:node:)?timers\/promises$/.test(specifier))
        .map(({ specifier, offset }) => violationAt(file, offset, `"${specifier}": ${WAIT}`)),
    );
    const sleeping = forbid(tests, (file) => maskOf(file).code, [
      { pattern: RESOLVED_BY_TIMER, mend: WAIT },
      { pattern: /\bpromisify\s*\(\s*setTimeout\b/g, mend: WAIT },
      { pattern: /\bsleep\s*\(/g, mend: WAIT },
    ]);
    return [...importedTimers, ...sleeping];
  },
};
