/** Guards of the ways through: pages, sweeps, cancels, the close, and what a ticket is told. */
import { patch, type SimulatedMutant } from "../mutant.ts";

const SETTLE = "core/src/application/commands/settle-page.ts";
const SWEEP = "core/src/application/commands/sweep-holds.ts";
const CANCEL = "core/src/application/commands/cancel-checkout.ts";
const CLOSE = "core/src/application/commands/close-sale.ts";
const TICKET = "core/src/application/queries/read-ticket.ts";
const LEDGER = "core/src/testing/memory-ledger.ts";

/** Who moves a hold on, and in which order. */
export const WAY_MUTANTS: readonly SimulatedMutant[] = [
  {
    name: "cancel-releases-first",
    guard: "a cancel is the ledger's verdict before the gate gives units back",
    patches: [
      patch(
        CANCEL,
        '  const [judged] = await parts.ledger.entomb(saleId, [tomb], { kind: "none" });\n',
        `  const early = { checkoutId, verdict: { state: "cancelled" }, decidedAtMs: 0 };
  if (hold) await finalise(parts.holds, saleId, status.openEpoch, early);
  const [judged] = await parts.ledger.entomb(saleId, [tomb], { kind: "none" });
`,
      ),
    ],
  },
  {
    name: "expiry-releases-first",
    guard: "an expiry is the ledger's verdict before the gate gives units back",
    patches: [
      patch(
        SWEEP,
        "  if (holds.length === 0) return [];\n  return parts.ledger.entomb(",
        `  if (holds.length === 0) return [];
  const early = holds.map(({ checkoutId }) => ({ checkoutId, verdict: { state: "expired" }, decidedAtMs: 0 }));
  await parts.holds.finalise(sale.id, sale.openEpoch, early);
  return parts.ledger.entomb(`,
      ),
    ],
  },
  {
    name: "page-of-any-mode",
    guard: "a page judges what was submitted, whatever its job names",
    patches: [patch(SETTLE, 'const holds = held.filter((hold) => hold.mode === "submitted");', "const holds = held;")],
  },
  {
    name: "settle-never-finalises",
    guard: "who settles a page tells the gate",
    patches: [patch(SETTLE, "if (judged.length > 0) await parts.holds.finalise(saleId, epoch, judged);", "")],
  },
  {
    name: "sweep-pages-nothing",
    guard: "the hold is the outbox: the sweep pages again what no page carried",
    patches: [patch(SWEEP, "over ? 0 : await pageAgain(parts, sale, open)", "0")],
  },
  {
    name: "sweep-ignores-verdicts",
    guard: "the sweep applies verdicts whose finalise was lost",
    argument:
      "A hold with a verdict is paged or expired again, both of which answer with the verdict that stands, and tell the gate.",
    patches: [patch(SWEEP, "isVerdict(status) ? [{ checkoutId,", "status === null ? [{ checkoutId,")],
  },
  {
    name: "sweep-names-nothing",
    guard: "the sweep gives what was cancelled without Redis its key, before the hold that knows it goes",
    patches: [patch(SWEEP, "  await nameCancelled(parts, sale, holds, judged);\n", "")],
  },
  {
    name: "sweep-never-finalises",
    guard: "the sweep tells the gate of verdicts",
    patches: [
      patch(SWEEP, "if (verdicts.length > 0) await parts.holds.finalise(sale.id, sale.openEpoch, verdicts);", ""),
    ],
  },
  {
    name: "settle-and-sweep-never-finalise",
    guard: "somebody tells the gate of verdicts",
    patches: [
      patch(SETTLE, "if (judged.length > 0) await parts.holds.finalise(saleId, epoch, judged);", ""),
      patch(SWEEP, "if (verdicts.length > 0) await parts.holds.finalise(sale.id, sale.openEpoch, verdicts);", ""),
    ],
  },
  {
    name: "sweep-expires-no-carts",
    guard: "carts past their deadline expire",
    patches: [patch(SWEEP, "await expireCarts(parts, sale, open)", "[]")],
  },
  {
    name: "nothing-expires-at-the-end",
    guard: "from settle_until on whatever is left expires",
    patches: [patch(SWEEP, "await expireAll(parts, sale, open)", "[]")],
  },
];

/** The end of a sale, and what is told of it. */
export const END_MUTANTS: readonly SimulatedMutant[] = [
  {
    name: "close-leaves-held-rows",
    guard: "a close expires what is held in the ledger",
    patches: [patch(LEDGER, 'for (const row of book.heldRows) this.#decide(book, row, { state: "expired" });', "")],
  },
  {
    name: "closes-early",
    guard: "a sale is closed only past settle_until by the ledger's time",
    patches: [patch(LEDGER, 'if (this.#clock.nowMs() < book.sale.settleUntilMs) return "not_yet";', "")],
  },
  {
    name: "close-of-the-sale-as-seen",
    guard: "a close drains the gate of the epoch that was open when the sale was sealed",
    patches: [patch(CLOSE, "((await parts.ledger.find(seen.id)) ?? seen)", "seen")],
  },
  {
    name: "close-sweeps-nothing",
    guard: "a close expires and finalises what the gate still holds",
    patches: [
      patch(CLOSE, 'const { more } = await sweepHolds(parts, { ...sale, state: "closed" });', "const more = false;"),
    ],
  },
  {
    name: "ticket-lost-in-open-epoch",
    guard: "a ticket of the open epoch without a row is pending",
    patches: [patch(TICKET, "if (ticket.epoch < openEpoch)", "if (ticket.epoch <= openEpoch)")],
  },
  {
    name: "ticket-expired-before-close",
    guard: "a ticket without a row expires only in a closed sale",
    patches: [patch(TICKET, 'if (state === "closed")', 'if (state !== "open")')],
  },
  {
    name: "ticket-verdict-not-written",
    guard: "what a ticket is told is written down first",
    patches: [
      patch(
        TICKET,
        'const [judged] = await ledger.entomb(ticket.saleId, [tombOfTicket(ticket, verdict)], { kind: "absent" });',
        "const judged = ledger && { verdict, decidedAtMs: ticket.reservedAtMs };",
      ),
    ],
  },
  {
    name: "ticket-over-held-row",
    guard: "what a ticket alone is known of yields to a held row",
    argument:
      "No row becomes held after its ticket was seen to be lost: the transaction that opened a newer epoch adopted all that survived, and a closed sale adopts nothing.",
    patches: [patch(LEDGER, "return row === undefined;", "return true;")],
  },
  {
    name: "ticket-never-lost",
    guard: "a ticket of an opening that is over, with no row, is told so",
    patches: [patch(TICKET, "if (ticket.epoch < openEpoch)", "if (ticket.epoch < 0)")],
  },
];
