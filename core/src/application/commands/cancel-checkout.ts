import { isVerdict, type Judged } from "../../domain/checkout.ts";
import type { Line } from "../../domain/lines.ts";
import type { Ticket } from "../../domain/ticket.ts";
import type { Holds } from "../ports/gate.ts";
import type { CheckoutLedger, LedgerStatus } from "../ports/ledger.ts";
import type { Telemetry } from "../ports/telemetry.ts";
import { tombOf, tombOfTicket } from "../tombs.ts";

export interface CancelParts {
  readonly ledger: CheckoutLedger;
  readonly holds: Holds;
  readonly telemetry: Telemetry;
}

/** `decided`: the verdict that stands now, `cancelled` or the one that came first, and what the checkout was about. */
export type CancelOutcome =
  | { readonly kind: "decided"; readonly judged: Judged; readonly lines: readonly Line[] }
  | { readonly kind: "unknown_sale" };

/**
 * Gives a checkout up: the ledger's verdict first, then the gate gives the units back. The first verdict wins, so a
 * confirmed checkout stays confirmed. Works while the gate is shut: the sweep gives the units back later.
 */
export async function cancelCheckout(parts: CancelParts, ticket: Ticket): Promise<CancelOutcome> {
  const { saleId, checkoutId } = ticket;
  const status = await parts.ledger.status(saleId, checkoutId);
  if (!status) return { kind: "unknown_sale" };
  const [hold] = await readHold(parts.holds, saleId, status.openEpoch, checkoutId);
  const tomb = hold ? tombOf(hold, status.openEpoch, "cancelled") : tombOfTicket(ticket, { state: "cancelled" });
  const [judged] = await parts.ledger.entomb(saleId, [tomb], { kind: "none" });
  if (!judged) throw new Error(`no verdict stands for checkout ${checkoutId} after a cancel`);
  if (!isDecided(status) && judged.verdict.state === "cancelled") parts.telemetry.emit({ kind: "checkout_cancelled" });
  if (hold) await finalise(parts.holds, saleId, status.openEpoch, judged);
  return { kind: "decided", judged, lines: tomb.lines };
}

/** Whether there was a verdict before. */
function isDecided({ record }: LedgerStatus): boolean {
  return record !== null && isVerdict(record.status);
}

/** What the gate says of the checkout; nothing where it cannot be asked: the ticket says enough. */
async function readHold(holds: Holds, saleId: string, epoch: number, checkoutId: string) {
  return holds.read(saleId, epoch, [checkoutId]).catch(() => []);
}

/** The verdict stands whatever happens here: a lost finalise is the sweep's to repeat. */
async function finalise(holds: Holds, saleId: string, epoch: number, judged: Judged): Promise<void> {
  await holds.finalise(saleId, epoch, [judged]).catch(() => undefined);
}
