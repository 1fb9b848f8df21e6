import { patch, type RealMutant } from "../mutant.ts";
import { LEDGER_TESTS } from "./ledger-tests.ts";

const ENTRIES = "drizzle/src/ledger/entry-statements.ts";
const FACTS = "drizzle/src/ledger/audit-facts.ts";
const SALES = "drizzle/src/ledger/sale-ledger.ts";

/** What a sale keeps of attempts, and sales whose windows lie apart. */
export const SALE_MUTANTS: readonly RealMutant[] = [
  {
    name: "ledger-attempts-of-any-sale",
    guard: "no accepted attempt is kept of a sale that keeps none",
    patches: [patch(ENTRIES, " where ${recorded} <> 'off'`", "`")],
    tests: LEDGER_TESTS,
  },
  {
    name: "ledger-refusals-of-any-sale",
    guard: "refused attempts are kept only of a sale that keeps all",
    patches: [patch(ENTRIES, " and ${sales.attempts} = 'all')`", ")`")],
    tests: LEDGER_TESTS,
  },
  {
    name: "ledger-counts-what-was-not-kept",
    guard: "an audit does not look for attempts that the sale does not keep",
    patches: [patch(FACTS, 'audited.sale.attempts === "off" ? null : await', "await")],
    tests: LEDGER_TESTS,
  },
  {
    name: "ledger-windows-not-locked",
    guard: "who compares windows and then schedules does so one at a time",
    patches: [patch(SALES, "    await run.lockWindows.execute();\n", "")],
    tests: LEDGER_TESTS,
  },
];
