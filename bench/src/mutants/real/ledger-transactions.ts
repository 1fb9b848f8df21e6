/** Guards of the ledger in Postgres: what its transactions look at, and its constraints. */
import { patch, type RealMutant } from "../mutant.ts";
import { LEDGER_TESTS } from "./ledger-tests.ts";

const ADOPTION = "drizzle/src/ledger/adoption.ts";
const PAGES = "drizzle/src/ledger/page-settlement.ts";
const HOLDS = "drizzle/src/ledger/hold-settlement.ts";
const TOMBS = "drizzle/src/ledger/tombs.ts";
const SALES = "drizzle/src/ledger/sale-ledger.ts";
const TABLES = "drizzle/migrations/0000_ledger.sql";

/** What the transactions look at. */
export const TRANSACTION_MUTANTS: readonly RealMutant[] = [
  {
    name: "ledger-page-of-any-opening",
    guard: "a page is contested unless the sale is open under its epoch, seen before anything is written",
    patches: [patch(PAGES, 'if (sale?.state !== "open" || sale.epoch !== epoch) return', "if (!sale) return")],
    tests: LEDGER_TESTS,
  },
  {
    name: "ledger-page-without-fence",
    guard: "a page counts only where the fence let it pass",
    patches: [
      patch(
        PAGES,
        'if (!(await moves.applyToSale(run, saleId, epoch))) return rollback("contested");',
        "await moves.applyToSale(run, saleId, epoch);",
      ),
    ],
    tests: LEDGER_TESTS,
  },
  {
    name: "ledger-page-commits-short",
    guard: "a page counts only where every row was confirmed",
    patches: [patch(PAGES, 'if (decidedAtMs.size !== holds.length) return rollback("contested");', "")],
    tests: LEDGER_TESTS,
  },
  {
    name: "ledger-page-past-limits",
    guard: "a page counts only where every user has the allowance",
    patches: [
      patch(PAGES, ').size !== units.size) return rollback("contested")', ').size < 0) return rollback("contested")'),
    ],
    tests: LEDGER_TESTS,
  },
  {
    name: "ledger-page-past-stock",
    guard: "a page counts only where every item has the room",
    patches: [
      patch(
        PAGES,
        'if (!(await moves.applyToItems(run, saleId))) return rollback("contested");',
        "await moves.applyToItems(run, saleId);",
      ),
    ],
    tests: LEDGER_TESTS,
  },
  {
    name: "ledger-page-keeps-adopted-units",
    guard: "a page gives back what its adopted rows held",
    patches: [
      patch(PAGES, "for (const { checkoutId } of adopted) moves.release(rows.get(checkoutId)?.lines ?? []);", ""),
    ],
    tests: LEDGER_TESTS,
  },
  {
    name: "ledger-page-keeps-adopted-lines",
    guard: "a page confirms adopted rows as the gate holds them now",
    patches: [patch(PAGES, "  await rewriteHeld(run, saleId, epoch, adopted);\n", "")],
    tests: LEDGER_TESTS,
  },
  {
    name: "ledger-hold-without-fence",
    guard: "one hold's verdict counts only where the fence let it pass",
    patches: [
      patch(
        HOLDS,
        "if (!(await moves.applyToSale(run, saleId, epoch))) throw",
        "if ((await moves.applyToSale(run, saleId, epoch)) === null) throw",
      ),
    ],
    tests: LEDGER_TESTS,
  },
  {
    name: "ledger-hold-not-read-again",
    guard: "one hold is judged by the sale as it is after the locks",
    patches: [
      patch(
        HOLDS,
        "  const [sale] = await run.findSale.execute({ saleId });\n  if (!sale) throw unknownSale(saleId);\n  return {",
        "  const sale = known;\n  return {",
      ),
    ],
    tests: LEDGER_TESTS,
    argument:
      "A verdict that takes or gives units passes the fence with the epoch it was judged by, so a sale that changed since starts it again (ledger-hold-without-fence). One that moves nothing is what the judge would have said a moment before the change, and its row was claimed before that.",
  },
  {
    name: "ledger-hold-keeps-adopted-units",
    guard: "one hold gives back what its adopted row held",
    patches: [patch(HOLDS, "    moves.release(evidence.row.lines);\n", "")],
    tests: LEDGER_TESTS,
  },
  {
    name: "ledger-hold-ignores-standing-verdict",
    guard: "a verdict that stands is the answer",
    patches: [patch(HOLDS, "if (claim.row && isVerdict(claim.row.status)) {", "if (claim === null) {")],
    tests: LEDGER_TESTS,
  },
  {
    name: "ledger-adopts-for-any-recovery",
    guard: "an adoption looks at epoch and state again once the sale is locked",
    patches: [
      patch(ADOPTION, 'if (!sale || sale.epoch !== epoch || sale.state !== "recovering") return', "if (!sale) return"),
    ],
    tests: LEDGER_TESTS,
  },
  {
    name: "ledger-adopts-without-looking",
    guard: "an adoption looks at epoch and state before it writes",
    patches: [
      patch(ADOPTION, 'if (!seen || seen.epoch !== epoch || seen.state !== "recovering") return', "if (!seen) return"),
    ],
    tests: LEDGER_TESTS,
  },
  {
    name: "ledger-adopts-without-key",
    guard: "a survivor that was entered without its key is adopted only if somebody else owns that",
    patches: [patch(ADOPTION, "if (!keyless.every((hold) => keys.has(keyOf(hold))))", "if (!keys)")],
    tests: LEDGER_TESTS,
  },
  {
    name: "ledger-adopts-nothing",
    guard: "survivors become held rows",
    patches: [
      patch(
        ADOPTION,
        "claimRows(run, saleId, epoch, [...survivors].sort(byCheckoutId))",
        "claimRows(run, saleId, epoch, [])",
      ),
    ],
    tests: LEDGER_TESTS,
  },
  {
    name: "ledger-adoption-refreshes-nothing",
    guard: "a held row is given what the gate says of it now",
    patches: [patch(ADOPTION, 'if (adoption.kind === "refresh") refreshed.push(adoption.hold);', "")],
    tests: LEDGER_TESTS,
  },
  {
    name: "ledger-adoption-keeps-old-units",
    guard: "an adoption gives back what the row held before",
    patches: [patch(ADOPTION, "    moves.release(rows.get(checkoutId)?.lines ?? []);\n", "")],
    tests: LEDGER_TESTS,
  },
  {
    name: "ledger-names-nothing",
    guard: "an ended row that went without its key is given it by whoever meets the hold",
    patches: [patch("drizzle/src/ledger/held-rows.ts", 'filter(({ key }) => key !== "")', "filter(() => false)")],
    tests: LEDGER_TESTS,
  },
  {
    name: "ledger-tomb-any-claim",
    guard: "an expired cart was claimed under the sale's epoch",
    patches: [patch(TOMBS, "sale.epoch === guard.claimEpoch && tomb.deadlineMs", "tomb.deadlineMs")],
    tests: LEDGER_TESTS,
  },
  {
    name: "ledger-tomb-before-deadline",
    guard: "a cart expires only past its deadline by the ledger's time",
    patches: [patch(TOMBS, " && tomb.deadlineMs !== null && tomb.deadlineMs <= nowMs", "")],
    tests: LEDGER_TESTS,
  },
  {
    name: "ledger-tomb-before-settle-until",
    guard: "nothing expires before settle_until by the ledger's time",
    patches: [patch(TOMBS, "return nowMs >= sale.settleUntilMs;", "return true;")],
    tests: LEDGER_TESTS,
  },
  {
    name: "ledger-tomb-without-fence",
    guard: "an expiry counts only where the fence let it pass",
    patches: [patch(TOMBS, "return rowCount === 1;", "return rowCount !== null;")],
    tests: LEDGER_TESTS,
  },
  {
    name: "ledger-tomb-over-held",
    guard: "what a ticket alone is known of is entered only where there is no row",
    patches: [
      patch(TOMBS, 'guard.kind === "absent" ? new Map<string, LockedRow>() : await lockRows', "await lockRows"),
    ],
    tests: LEDGER_TESTS,
  },
  {
    name: "ledger-tomb-keeps-units",
    guard: "a cancelled or expired row gives back what it held",
    patches: [patch(TOMBS, "      moves.release(row.lines);\n", "")],
    tests: LEDGER_TESTS,
  },
  {
    name: "ledger-closes-early",
    guard: "a sale is closed only past settle_until by the ledger's time",
    patches: [patch(SALES, 'if (at.nowMs < at.sale.settleUntilMs) return rollback("not_yet");', "")],
    tests: LEDGER_TESTS,
  },
  {
    name: "ledger-close-leaves-held-rows",
    guard: "a close expires what is held",
    patches: [
      patch(SALES, 'new Map([...held.keys()].map((checkoutId) => [checkoutId, { state: "expired" }]))', "new Map()"),
    ],
    tests: LEDGER_TESTS,
  },
  {
    name: "ledger-no-retry",
    guard: "a deadlock's victim and a stale read try again",
    patches: [patch("drizzle/src/transaction.ts", 'new Set(["40001", "40P01"])', "new Set<string>()")],
    tests: ["drizzle/test/with-transaction.test.ts", "drizzle/test/interleavings.test.ts"],
  },
];

/** What the tables refuse by themselves. */
export const CONSTRAINT_MUTANTS: readonly RealMutant[] = [
  {
    name: "ledger-no-key-index",
    guard: "a user's key belongs to one held or confirmed checkout",
    patches: [patch(TABLES, 'CREATE UNIQUE INDEX "checkouts_key"', 'CREATE INDEX "checkouts_key"')],
    tests: LEDGER_TESTS,
  },
  {
    name: "ledger-key-index-too-wide",
    guard: "what was rejected or cancelled does not own its key",
    patches: [
      patch(
        TABLES,
        `WHERE "flashgate"."checkouts"."state" in ('held', 'confirmed') and "flashgate"."checkouts"."key" <> ''`,
        `WHERE "flashgate"."checkouts"."key" <> ''`,
      ),
    ],
    tests: LEDGER_TESTS,
  },
];
