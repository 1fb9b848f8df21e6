import type { Invariant, InvariantFinding } from "./checker/findings.ts";

/** What each invariant promises. */
const PROMISES: Readonly<Record<Invariant, string>> = {
  1: "sold and held stay within the stock, and every counter equals its rows",
  2: "nobody has more than the limit",
  3: "the gate adds up: available + held + sold, per item and in all",
  4: "at rest, gate and ledger agree, and nothing is held",
  5: "every ticket came to one verdict, which never changed",
  6: "nothing is confirmed that nobody asked for",
  7: "an idempotency key buys once",
  8: "nobody with a ticket is turned down, but for what was destroyed",
  9: "whatever somebody wanted was sold",
  10: "epochs grow, and nothing sells outside the window or after the close",
};

/** Whether every invariant was looked at, and held each time. */
export function isProven(invariants: readonly InvariantFinding[]): boolean {
  return invariants.every(({ checks, violations }) => checks > 0 && violations === 0);
}

/** A line an invariant, and under it what broke it. */
export function invariantTable(invariants: readonly InvariantFinding[]): string {
  const width = Math.max(...Object.values(PROMISES).map((promise) => promise.length));
  return invariants
    .flatMap(({ invariant, checks, violations, examples }) => [
      `  ${String(invariant).padStart(2)}  ${PROMISES[invariant].padEnd(width)}  ${resultOf(checks, violations)}`,
      ...examples.map((example) => `      ${example}`),
      ...(violations > examples.length ? [`      and ${violations - examples.length} more`] : []),
    ])
    .join("\n");
}

function resultOf(checks: number, violations: number): string {
  if (checks === 0) return "not looked at";
  const looked = `${checks.toLocaleString("en")} checks`;
  return violations === 0 ? `ok, ${looked}` : `broken ${violations.toLocaleString("en")} times in ${looked}`;
}
