import { CART_MS } from "@flashgate/core";
import type { FinalState } from "../history.ts";
import type { Findings } from "./findings.ts";
import type { CheckoutRow, SaleRow } from "./ledger-rows.ts";
import type { Losses } from "./losses.ts";
import { type Ack, includesLines, type Story, unitsIn } from "./story.ts";

export interface StoryParts {
  readonly findings: Findings;
  readonly losses: Losses;
  /** The final state that shoppers were told first; null where none was. */
  readonly toldOf: (checkoutId: string) => FinalState | null;
}

/** Compares what shoppers were told of one acknowledged checkout with the row that it came to (invariants 5 to 8). */
export function checkStory(parts: StoryParts, sale: SaleRow, story: Story, row: CheckoutRow): void {
  checkEnd(parts, story, row);
  checkHonesty(parts, story, row);
  checkExpiry(parts, sale, story, row);
  if (row.state === "confirmed") checkPurchase(parts, story, row);
}

/** A row's state in the words of a ticket; null while it is held. */
export function finalStateOf({ state, reason }: Pick<CheckoutRow, "state" | "reason">): FinalState | null {
  if (state === "held") return null;
  if (state !== "rejected") return state;
  return reason === null ? null : `rejected:${reason}`;
}

/** 5: one verdict, and the one that was told. */
function checkEnd({ findings, toldOf }: StoryParts, story: Story, row: CheckoutRow): void {
  const { checkoutId, saleId, userId } = story;
  const [end, told] = [finalStateOf(row), toldOf(checkoutId)];
  findings.expect(5, end !== null, () => `checkout ${checkoutId} of ${saleId} has no verdict: it is ${row.state}`);
  findings.expect(
    5,
    told === null || told === end,
    () => `checkout ${checkoutId} was told ${told}, its row says ${end}`,
  );
  findings.expect(5, row.userId === userId, () => `checkout ${checkoutId} of ${userId} is ${row.userId}'s`);
}

/** 8: nobody who has a ticket is turned down, unless what the gate knew of it was destroyed; who cancelled has cancelled. */
function checkHonesty({ findings, losses }: StoryParts, story: Story, row: CheckoutRow): void {
  const { checkoutId, saleId, acks } = story;
  const honest = row.state !== "rejected" || (row.reason === "gate_lost" && losses.hitAll(saleId, acks));
  findings.expect(8, honest, () => {
    const told = acks.map(({ call, moment, epoch }) => `${call} at ${moment.toldAtMs} in epoch ${epoch}`);
    return `checkout ${checkoutId} of ${saleId} was rejected: ${row.reason}; acknowledged were ${told.join(", ")}`;
  });
  if (!story.cancelled) return;
  findings.expect(8, row.state === "cancelled", () => `checkout ${checkoutId} was cancelled, its row is ${row.state}`);
}

/** 8: what was purchased does not expire before settle_until, and a cart not before its time. */
function checkExpiry({ findings, losses }: StoryParts, sale: SaleRow, story: Story, row: CheckoutRow): void {
  if (row.state !== "expired" || row.decidedAtMs === null) return;
  const { checkoutId, saleId, mode, acks } = story;
  const { settleUntilMs } = sale;
  const isKept = (ack: Ack) => ack.call === "purchase" && !losses.hit(saleId, ack);
  const purchased = mode === "purchase" || acks.some(isKept);
  const cartUntilMs = Math.min((row.reservedAtMs ?? settleUntilMs) + CART_MS, settleUntilMs);
  const dueMs = purchased ? settleUntilMs : cartUntilMs;
  const earlyMs = dueMs - row.decidedAtMs;
  findings.expect(8, earlyMs <= 0, () => {
    return `checkout ${checkoutId} of ${saleId} expired ${earlyMs} ms early (${purchased ? "purchased" : "a cart"})`;
  });
}

/** What was confirmed is what was asked for (6), under its key (7), and all that was told to be in it and no more (8). */
function checkPurchase({ findings, losses }: StoryParts, story: Story, row: CheckoutRow): void {
  const { checkoutId, saleId, mode, acks, unitsUnknown, key } = story;
  const wanted = mode === "purchase" || story.purchaseTried;
  findings.expect(6, wanted, () => `cart ${checkoutId} of ${saleId} was confirmed and nobody purchased it`);
  findings.expect(7, row.key === key, () => `checkout ${checkoutId} has the key "${row.key}", not "${key}"`);
  const telling = acks.filter((ack) => ack.lines !== "");
  if (telling.length === 0) return;
  // The lines of a cart only grow, others never change.
  const fits = (ack: Ack) => (mode === "cart" ? includesLines(row.lines, ack.lines) : row.lines === ack.lines);
  const misfit = telling.find((ack) => !fits(ack) && !losses.hit(saleId, ack));
  const unitsMax = Math.max(...telling.map(({ lines }) => unitsIn(lines))) + unitsUnknown;
  findings.expect(8, misfit === undefined && row.units <= unitsMax, () => {
    const told = telling.map(({ lines }) => lines).join(", then ");
    return `checkout ${checkoutId} of ${saleId} got ${row.lines}; told were ${told} (${unitsUnknown} more units unknown)`;
  });
}
