/** Guards of the recovery: what it adopts, and what it opens the gate with. */
import { patch, type SimulatedMutant } from "../mutant.ts";

const RECOVER = "core/src/application/commands/recover-gate.ts";
const ADOPTION = "core/src/domain/adoption.ts";
const LEDGER = "core/src/testing/memory-ledger.ts";
const BOOK = "core/src/testing/memory-ledger-sale.ts";
const FACTS = "core/src/testing/memory-ledger-facts.ts";

const ADOPTS_SURVIVORS = "parts.ledger.adopt(saleId, epoch, survivors.holds)";
const REJECTION = "    const reason = rejection(hold, row, sale, items, keys);\n";

/** What becomes of the holds that survive. */
export const ADOPTION_MUTANTS: readonly SimulatedMutant[] = [
  {
    name: "no-adoption",
    guard: "what survives in the gate is adopted by the ledger",
    patches: [patch(RECOVER, ADOPTS_SURVIVORS, "parts.ledger.adopt(saleId, epoch, [])")],
  },
  {
    name: "adopts-submitted-only",
    guard: "carts are adopted as well",
    patches: [
      patch(
        RECOVER,
        ADOPTS_SURVIVORS,
        'parts.ledger.adopt(saleId, epoch, survivors.holds.filter((hold) => hold.mode === "submitted"))',
      ),
    ],
  },
  {
    name: "adopted-rows-not-refreshed",
    guard: "a held row is given what the gate says of it now",
    patches: [patch(ADOPTION, REJECTION, `    if (row) continue;\n${REJECTION}`)],
  },
  {
    name: "adopts-past-stock",
    guard: "what does not fit any more is rejected by the adoption",
    argument:
      "The holds of one opening fit beside what was sold and held when it was opened, for that is what its counts began with; a copy that forgot some of them has lost its lease, and admits nobody before the next opening.",
    patches: [
      patch(ADOPTION, 'return hasRoom({ sale, lines: hold.lines, row, items }) ? null : "sold_out";', "return null;"),
    ],
  },
  {
    name: "adopts-two-of-one-key",
    guard: "a survivor whose key belongs to another checkout is of a lost gate",
    argument:
      "One opening gives a key to one hold, and began with those of all held and confirmed rows; holds of another opening do not survive.",
    patches: [patch(ADOPTION, 'if (owner !== undefined && owner !== hold.checkoutId) return "gate_lost";', "")],
  },
  {
    name: "adopts-over-verdicts",
    guard: "a survivor with a verdict is left alone",
    patches: [
      patch(ADOPTION, "if (row && isVerdict(row.status)) {", "if (row === undefined) {"),
      patch(
        BOOK,
        "if (before) this.#count(before, -1);",
        'if (before?.status.state === "held") this.#count(before, -1);',
      ),
    ],
  },
  {
    name: "drops-held-rows-without-survivor",
    guard: "a held row stays held where the gate has lost its hold",
    patches: [
      patch(
        LEDGER,
        '    book.sale = { ...book.sale, state: "open", openEpoch: epoch };\n',
        `    for (const row of book.heldRows) {
      if (!survivors.some((hold) => hold.checkoutId === row.checkoutId)) {
        this.#decide(book, row, { state: "rejected", reason: "gate_lost" });
      }
    }
    book.sale = { ...book.sale, state: "open", openEpoch: epoch };
`,
      ),
    ],
  },
  {
    name: "ended-without-key-stays-so",
    guard: "what ended while nobody could ask the gate is given its key by the adoption",
    patches: [patch(ADOPTION, 'if (ended && hold.key !== "") adoptions.push({ kind: "name", hold });', "")],
  },
  {
    name: "adopts-for-any-recovery",
    guard: "a recovery that was overtaken adopts nothing",
    patches: [
      patch(LEDGER, 'if (book.sale.epoch !== epoch || book.sale.state !== "recovering") return "superseded";', ""),
    ],
  },
  {
    name: "recovers-closed",
    guard: "a closed sale is not recovered",
    patches: [patch(LEDGER, 'if (state === "closed") return { kind: "closed" };', "")],
  },
  {
    name: "recovers-whatever-was-seen",
    guard: "one recovery begins of those who saw the same epoch",
    argument:
      "It saves schedulers that saw the same broken gate from recovering it one after the other. One recovery more is as good as one: each takes an epoch of its own.",
    patches: [patch(LEDGER, 'if (epoch !== seenEpoch) return { kind: "superseded" };', "")],
  },
];

/** What the gate is opened with. */
export const SNAPSHOT_MUTANTS: readonly SimulatedMutant[] = [
  {
    name: "carts-opened-as-submitted",
    guard: "carts stay carts when a gate is opened anew",
    patches: [
      patch(
        FACTS,
        "return { checkoutId, userId, mode, lines, key,",
        'return { checkoutId, userId, mode: "submitted", lines, key,',
      ),
    ],
  },
  {
    name: "keys-not-rebuilt",
    guard: "idempotency keys outlive a recovery",
    patches: [patch(FACTS, "keys: keysOf([...rows.values()]),", "keys: [],")],
  },
  {
    name: "keys-of-ended-not-rebuilt",
    guard: "keys of expired and cancelled checkouts outlive a recovery as well",
    patches: [patch(FACTS, 'row.key !== "" && row.status.state !== "rejected")', 'row.key !== "" && takes(row))')],
  },
  {
    name: "buyers-not-rebuilt",
    guard: "what users have bought outlives a recovery",
    patches: [patch(FACTS, "buyers: [...units],", "buyers: [],")],
  },
  {
    name: "held-units-outside-allowance",
    guard: "what users hold counts against their limit in the gate that is opened",
    patches: [
      patch(
        FACTS,
        "for (const { userId, lines } of heldRows) units.set(userId, (units.get(userId) ?? 0) + unitsOf(lines));",
        "",
      ),
    ],
  },
];
