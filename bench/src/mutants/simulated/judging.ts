/** Guards of the judge and of the ledger that he writes into. */
import { patch, type SimulatedMutant } from "../mutant.ts";

const JUDGEMENT = "core/src/domain/judgement.ts";
const LEDGER = "core/src/testing/memory-ledger.ts";
const BOOK = "core/src/testing/memory-ledger-sale.ts";

/** A row may be written over whatever it says: what a table without its primary key would amount to. */
const ROWS_WRITTEN_OVER = patch(
  BOOK,
  "if (before) this.#count(before, -1);",
  'if (before?.status.state === "held") this.#count(before, -1);',
);
const PAGE_OVER_VERDICTS = patch(LEDGER, '    known.every((row) => row.status.state === "held") &&\n', "");
const JUDGE_OVER_VERDICTS = patch(
  JUDGEMENT,
  'if (row && isVerdict(row.status)) return { kind: "standing", verdict: row.status };',
  "",
);
const PAGE_OF_ANY_EPOCH = patch(LEDGER, " || book.sale.epoch !== epoch || !fitTogether", " || !fitTogether");
const JUDGE_OF_ANY_EPOCH = patch(JUDGEMENT, "if (evidence.holdEpoch !== sale.epoch) {", "if (evidence === null) {");
const JUDGE_PAST_STOCK = patch(JUDGEMENT, "if (!hasRoom(evidence)) return", "if (evidence === null) return");
const PAGE_PAST_STOCK = patch(
  LEDGER,
  "    hasRoom({ sale, items, row: adopted, lines: mergeLines(holds.flatMap((hold) => hold.lines)) })",
  "    true",
);
const JUDGE_PAST_LIMIT = patch(
  JUDGEMENT,
  "if (evidence.buyerUnits + unitsOf(evidence.lines) > sale.limitPerUser) {",
  "if (evidence === null) {",
);
const PAGE_PAST_LIMIT = patch(LEDGER, "(buyers.get(userId) ?? 0) + wanted <= sale.limitPerUser", "wanted > 0");

const KEY_TAKEN_IS_NOTHING = [
  patch(
    JUDGEMENT,
    'if (evidence.keyTaken) return { kind: "verdict", verdict: { state: "rejected", reason: "key_reused" } };',
    "",
  ),
  patch(LEDGER, "    keyed.every((hold) => (keys.get(keyOf(hold)) ?? hold.checkoutId) === hold.checkoutId) &&\n", ""),
];

/** One verdict for each checkout, under the present epoch, while the sale is open. */
export const VERDICT_MUTANTS: readonly SimulatedMutant[] = [
  {
    name: "no-primary-key",
    guard: "a checkout has one row, which no second judgement writes over",
    patches: [PAGE_OVER_VERDICTS, JUDGE_OVER_VERDICTS, ROWS_WRITTEN_OVER],
  },
  {
    name: "page-over-verdicts",
    guard: "a page that holds a judged checkout is contested",
    patches: [PAGE_OVER_VERDICTS, ROWS_WRITTEN_OVER],
  },
  {
    name: "judge-over-verdicts",
    guard: "a verdict that stands is the judge's answer",
    patches: [JUDGE_OVER_VERDICTS, ROWS_WRITTEN_OVER],
  },
  {
    name: "tomb-over-verdicts",
    guard: "a cancel or an expiry yields to the verdict that stands",
    patches: [patch(LEDGER, "if (row && isVerdict(row.status)) {", "if (row === null) {"), ROWS_WRITTEN_OVER],
  },
  {
    name: "judge-names-nothing",
    guard: "an ended row that went without its key is given it by whoever meets the hold",
    patches: [patch(LEDGER, "        book.name(hold);\n", "")],
  },
  {
    name: "held-units-not-given-back",
    guard: "whoever decides a held row moves its units",
    patches: [patch(BOOK, "    if (before) this.#count(before, -1);\n", "")],
  },
  {
    name: "judges-while-recovering",
    guard: "nothing is judged while the gate is recovered",
    patches: [
      patch(JUDGEMENT, 'if (sale.state === "recovering" || sale.state === "scheduled") return { kind: "retry" };', ""),
    ],
  },
  {
    name: "confirms-after-close",
    guard: "what is judged in a closed sale is expired",
    patches: [
      patch(JUDGEMENT, 'if (sale.state === "closed") return { kind: "verdict", verdict: { state: "expired" } };', ""),
    ],
  },
  {
    name: "no-epoch-fence",
    guard: "nothing of an older epoch is confirmed",
    patches: [PAGE_OF_ANY_EPOCH, JUDGE_OF_ANY_EPOCH],
  },
  {
    name: "page-without-epoch-fence",
    guard: "a page of an older epoch is contested",
    patches: [PAGE_OF_ANY_EPOCH],
  },
  {
    name: "judge-without-epoch-fence",
    guard: "one hold of an older epoch is not confirmed",
    patches: [JUDGE_OF_ANY_EPOCH],
  },
  {
    name: "stale-page-settles-adopted",
    guard: "a stale page does not judge what a recovery adopted meanwhile",
    argument:
      "A page carries what was submitted, and that does not change any more, so that the adopted row says the same. Where it says otherwise, a demoted primary took the purchase, and that one promises nothing.",
    patches: [
      patch(JUDGEMENT, "if (evidence.holdEpoch !== sale.epoch) {", "if (evidence.holdEpoch !== sale.epoch && !row) {"),
    ],
  },
  {
    name: "fallback-not-read-again",
    guard: "each judgement reads epoch and state again, in its own transaction",
    patches: [
      patch(
        LEDGER,
        '    if (book?.sale.state !== "open" ||',
        '    for (const hold of holds) (this.seen ??= new Map()).set(hold.checkoutId, book && { epoch: book.sale.epoch, state: book.sale.state });\n    if (book?.sale.state !== "open" ||',
      ),
      patch(LEDGER, "      sale: book.sale,\n", "      sale: { ...book.sale, ...this.seen?.get(hold.checkoutId) },\n"),
    ],
  },
];

/** Stock, limits and keys. */
export const ROOM_MUTANTS: readonly SimulatedMutant[] = [
  {
    name: "no-stock-check",
    guard: "the ledger confirms no more than there is",
    argument:
      "What the gate of the open epoch holds fits by its own count, and nothing of another epoch gets past the fence: the ledger refuses only where the fence fails (no-epoch-fence-no-stock-check).",
    patches: [JUDGE_PAST_STOCK, PAGE_PAST_STOCK],
  },
  {
    name: "no-limit-check",
    guard: "the ledger confirms no more than a user may have",
    argument:
      "What the gate of the open epoch holds is within its own limit, and nothing of another epoch gets past the fence: the ledger refuses only where the fence fails.",
    patches: [JUDGE_PAST_LIMIT, PAGE_PAST_LIMIT],
  },
  {
    name: "no-epoch-fence-no-stock-check",
    guard: "the fence, and behind it the ledger's stock check",
    patches: [PAGE_OF_ANY_EPOCH, JUDGE_OF_ANY_EPOCH, JUDGE_PAST_STOCK, PAGE_PAST_STOCK],
  },
  {
    name: "no-epoch-fence-no-limit-check",
    guard: "the fence, and behind it the ledger's limit check",
    patches: [PAGE_OF_ANY_EPOCH, JUDGE_OF_ANY_EPOCH, JUDGE_PAST_LIMIT, PAGE_PAST_LIMIT],
  },
  {
    name: "no-epoch-fence-key-confirmed-twice",
    guard: "the fence, and behind it the one checkout of a key",
    patches: [PAGE_OF_ANY_EPOCH, JUDGE_OF_ANY_EPOCH, ...KEY_TAKEN_IS_NOTHING],
  },
  {
    name: "own-held-units-count-twice",
    guard: "the units a checkout holds already do not count against it",
    patches: [
      patch(JUDGEMENT, " - (own.get(itemId) ?? 0) + quantity", " + quantity"),
      patch(JUDGEMENT, "sale.itemsHeld - unitsOf(row?.lines ?? [])", "sale.itemsHeld"),
    ],
  },
  {
    name: "judges-adopted-lines",
    guard: "what is judged is what the gate holds now, not what was adopted of it",
    patches: [
      patch(LEDGER, "      lines: hold.lines,\n", "      lines: row?.lines ?? hold.lines,\n"),
      patch(
        LEDGER,
        "this.#decide(book, rowOf(saleId, epoch, hold), judgement.verdict)",
        "this.#decide(book, rowOf(saleId, epoch, { ...hold, lines: row?.lines ?? hold.lines }), judgement.verdict)",
      ),
      patch(
        LEDGER,
        'this.#decide(book, rowOf(saleId, epoch, hold), { state: "confirmed" })',
        'this.#decide(book, rowOf(saleId, epoch, { ...hold, lines: book.rows.get(hold.checkoutId)?.lines ?? hold.lines }), { state: "confirmed" })',
      ),
    ],
  },
  {
    name: "key-confirmed-twice",
    guard: "a key has one held or confirmed checkout: the partial unique index",
    argument:
      "The gate of the open epoch has each key once, those of held and confirmed rows included, and nothing of another epoch gets past the fence.",
    patches: KEY_TAKEN_IS_NOTHING,
  },
];
