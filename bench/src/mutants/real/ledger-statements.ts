/** Guards of the ledger in Postgres: conditions of its statements. */
import { patch, type RealMutant } from "../mutant.ts";
import { LEDGER_TESTS } from "./ledger-tests.ts";

const SALES = "drizzle/src/ledger/sale-statements.ts";
const STOCK = "drizzle/src/ledger/stock-statements.ts";
const HELD = "drizzle/src/ledger/held-statements.ts";
const ENTRIES = "drizzle/src/ledger/entry-statements.ts";
const RECORDS = "drizzle/src/ledger/record-statements.ts";

const MOVE_FENCE = `          sql\`\${sales.epoch} = \${epoch} and \${sales.state} = 'open'\`,\n`;

const ITEM_HAS_ROOM = "          sql`${items.sold} + move.sold + ${items.held} + move.held <= ${items.stock}`,\n";

/** The sales row: the fence of everything. */
export const SALE_ROW_MUTANTS: readonly RealMutant[] = [
  {
    name: "ledger-settles-any-epoch",
    guard: "a counter of the sale moves only under the epoch that was judged by",
    patches: [patch(SALES, MOVE_FENCE, "          sql`${sales.state} = 'open'`,\n")],
    tests: LEDGER_TESTS,
  },
  {
    name: "ledger-settles-any-state",
    guard: "a counter of the sale moves only while it is open",
    patches: [patch(SALES, MOVE_FENCE, "          sql`${sales.epoch} = ${epoch}`,\n")],
    tests: LEDGER_TESTS,
  },
  {
    name: "ledger-settles-past-total",
    guard: "the sale has room for what is sold",
    patches: [
      patch(
        SALES,
        "          sql`${sales.itemsSold} + ${sold} + ${sales.itemsHeld} + ${held} <= ${sales.totalItems}`,\n",
        "",
      ),
    ],
    tests: LEDGER_TESTS,
    argument:
      "A sale's total is the sum of its items' stocks, every unit that moves is of an item, and no item takes more than its stock, so the items refuse first; the constraint sales_units stands behind both.",
  },
  {
    name: "ledger-recovers-any-epoch",
    guard: "one recovery begins of those who saw the same epoch",
    patches: [patch(SALES, "${sales.epoch} = ${epoch} and ${sales.state} <> 'closed'", "${sales.state} <> 'closed'")],
    tests: LEDGER_TESTS,
  },
  {
    name: "ledger-recovers-closed",
    guard: "a closed sale is not recovered",
    patches: [patch(SALES, "${sales.epoch} = ${epoch} and ${sales.state} <> 'closed'", "${sales.epoch} = ${epoch}")],
    tests: LEDGER_TESTS,
  },
  {
    name: "ledger-opens-any-epoch",
    guard: "a recovery opens only under its own epoch",
    patches: [
      patch(SALES, "${sales.epoch} = ${epoch} and ${sales.state} = 'recovering'", "${sales.state} = 'recovering'"),
    ],
    tests: LEDGER_TESTS,
    argument:
      "The row was locked and compared by the statement before (ledger-adopts-for-any-recovery), and nobody can change it in between.",
  },
  {
    name: "ledger-release-any-epoch",
    guard: "an expired cart is written only under the epoch of its claim",
    patches: [
      patch(
        SALES,
        ".where(and(eq(sales.id, saleId), sql`${sales.epoch} = coalesce(${epoch}, ${sales.epoch})`))",
        ".where(eq(sales.id, saleId))",
      ),
    ],
    tests: LEDGER_TESTS,
  },
  {
    name: "ledger-closes-over-held",
    guard: "a sale is closed by whoever gave all of its held units back",
    patches: [
      patch(
        SALES,
        ' and ${sales.itemsHeld} = ${sql.placeholder("released")}::int',
        ' and ${sql.placeholder("released")}::int >= 0',
      ),
    ],
    tests: LEDGER_TESTS,
  },
  {
    name: "ledger-closes-twice",
    guard: "a closed sale is not closed again",
    patches: [patch(SALES, "${sales.state} <> 'closed' and ${sales.itemsHeld}", "${sales.itemsHeld}")],
    tests: LEDGER_TESTS,
    argument:
      "Both closers read the sale as open, and the second finds nothing held: it writes the same state again, and a moment of the close later by its own wait. Nothing is confirmed in between, for the first one closed it.",
  },
];

/** Items, buyers and checkouts. */
export const ROW_MUTANTS: readonly RealMutant[] = [
  {
    name: "ledger-item-past-stock",
    guard: "an item has room for what is sold and held",
    patches: [patch(STOCK, ITEM_HAS_ROOM, "")],
    tests: LEDGER_TESTS,
    argument:
      "The constraint items_units refuses the same row, and a page that it refuses is contested as well; without both, ledger-item-past-stock-unchecked oversells.",
  },
  {
    name: "ledger-item-past-stock-unchecked",
    guard: "an item has room for what is sold and held, says the statement, and the constraint behind it",
    patches: [
      patch(STOCK, ITEM_HAS_ROOM, ""),
      patch(
        "drizzle/migrations/0000_ledger.sql",
        ' and "flashgate"."items"."sold" + "flashgate"."items"."held" <= "flashgate"."items"."stock")',
        ")",
      ),
    ],
    tests: LEDGER_TESTS,
  },
  {
    name: "ledger-buyer-past-limit",
    guard: "a user's units are raised within the limit",
    patches: [patch(STOCK, "        setWhere: sql`${buyers.units} + excluded.units <= ${limit}`,\n", "")],
    tests: LEDGER_TESTS,
  },
  {
    name: "ledger-first-purchase-past-limit",
    guard: "a user's first units are within the limit",
    patches: [patch(STOCK, "\n  where buyer.units <= ${limit}", "\n  where ${limit} > 0")],
    tests: LEDGER_TESTS,
  },
  {
    name: "ledger-items-locked-in-any-order",
    guard: "items are locked by id",
    patches: [patch(STOCK, '\n    order by id collate "C"\n', '\n    order by id collate "C" desc\n')],
    tests: LEDGER_TESTS,
  },
  {
    name: "ledger-buyers-locked-in-any-order",
    guard: "buyers are locked by user",
    patches: [patch(STOCK, "order by buyer.user_id`", "`")],
    tests: LEDGER_TESTS,
  },
  {
    name: "ledger-checkouts-entered-in-any-order",
    guard: "checkouts are entered by id",
    patches: [
      patch(ENTRIES, "\n  order by entry.id`)", "`)"),
      patch("drizzle/src/ledger/entries.ts", "chunksOf([...entries].sort(byCheckoutId))", "chunksOf([...entries])"),
    ],
    tests: LEDGER_TESTS,
    argument:
      "Two pages that enter the same checkouts in opposite orders deadlock on the primary key; the victim tries again and finds the rows of the other. The order saves the second that Postgres takes to notice, not a promise.",
  },
  {
    name: "ledger-enters-over-a-row",
    guard: "whoever enters a checkout first has it: the primary key",
    patches: [
      patch(
        ENTRIES,
        "order by entry.id`)\n      .onConflictDoNothing()",
        "order by entry.id`)\n      .onConflictDoUpdate({ target: [checkouts.saleId, checkouts.id], set: { state: sql`excluded.state`, reason: sql`excluded.reason`, mode: sql`excluded.mode`, decidedAt: sql`excluded.decided_at` } })",
      ),
    ],
    tests: LEDGER_TESTS,
  },
  {
    name: "ledger-decides-over-a-verdict",
    guard: "only a held row is turned into a verdict",
    patches: [
      patch(
        HELD,
        "const undecided = and(eq(checkouts.saleId, saleId), isNull(checkouts.decidedAt));",
        "const undecided = eq(checkouts.saleId, saleId);",
      ),
    ],
    tests: LEDGER_TESTS,
    argument:
      "Every caller has the rows locked and chose those that it read as held, so none of them has a verdict when the statement comes.",
  },
  {
    name: "ledger-names-any-row",
    guard: "a key is given only to what was cancelled or expired",
    patches: [patch(HELD, "        sql`${checkouts.state} in ('cancelled', 'expired')`,\n", "")],
    tests: LEDGER_TESTS,
    argument:
      "Of the rows that have a verdict only rejected ones else may lack the key of their hold, and no key answers with a rejected one.",
  },
  {
    name: "ledger-names-over-a-key",
    guard: "a key is given only to what has none",
    patches: [patch(HELD, "        sql`${checkouts.key} = ''`,\n", "")],
    tests: LEDGER_TESTS,
    argument: "A row that ended with a key has it from the hold that names it, so the same key is written again.",
  },
  {
    name: "ledger-rows-not-locked",
    guard: "a row is locked before it is judged by",
    patches: [
      patch(HELD, '      .for("update")\n      .prepare("lock_checkouts")', '      .prepare("lock_checkouts")'),
    ],
    tests: LEDGER_TESTS,
  },
  {
    name: "ledger-items-not-locked",
    guard: "items are locked before they are judged by",
    patches: [patch(STOCK, '      .for("update")\n      .prepare("lock_items")', '      .prepare("lock_items")')],
    tests: LEDGER_TESTS,
  },
  {
    name: "ledger-sale-not-locked-for-adoption",
    guard: "an adoption locks the sale before it decides",
    patches: [patch(SALES, '.for("update").prepare("lock_sale")', '.prepare("lock_sale")')],
    tests: LEDGER_TESTS,
  },
  {
    name: "ledger-keys-of-rejected",
    guard: "a rejected checkout frees its key",
    patches: [patch(RECORDS, " sql`${checkouts.state} <> 'rejected'`,", "")],
    tests: LEDGER_TESTS,
  },
  {
    name: "ledger-keys-oldest-first",
    guard: "a key answers with the held or confirmed checkout",
    patches: [patch(RECORDS, "        sql`${checkouts.state} in ('held', 'confirmed') desc`,\n", "")],
    tests: LEDGER_TESTS,
  },
];
