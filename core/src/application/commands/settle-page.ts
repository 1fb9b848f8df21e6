import { causeOf } from "../../domain/cause.ts";
import type { Hold, Judged, Page } from "../../domain/checkout.ts";
import type { Clock } from "../ports/clock.ts";
import type { DeadLetterLedger } from "../ports/dead-letter-ledger.ts";
import type { Holds } from "../ports/gate.ts";
import type { CheckoutLedger } from "../ports/ledger.ts";
import type { Telemetry } from "../ports/telemetry.ts";

export interface SettleParts {
  readonly ledger: CheckoutLedger & Pick<DeadLetterLedger, "recordFailure">;
  readonly holds: Holds;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
}

/**
 * `settled`: every hold of the page has a verdict, or is the sweep's to page again.
 * `retry`: the sale's gate is being recovered; deliver the page again.
 * `poisoned`: these checkouts failed alone, each by its own fault; they keep their holds and the sweep pages them again,
 * until they are dead letters.
 */
export type SettleOutcome =
  | { readonly kind: "settled" }
  | { readonly kind: "retry" }
  | { readonly kind: "poisoned"; readonly checkoutIds: readonly string[] };

/**
 * Judges a page: all of it in one transaction, or, where that is contested, one checkout at a time. Job data is not
 * trusted: what is judged is what the gate holds under these ids. Throws in an outage: deliver the page again.
 */
export async function settlePage(parts: SettleParts, page: Page): Promise<SettleOutcome> {
  const { saleId, epoch } = page;
  const held = await parts.holds.read(saleId, epoch, [...new Set(page.checkoutIds)]);
  const holds = held.filter((hold) => hold.mode === "submitted");
  if (holds.length === 0) return { kind: "settled" };

  const together = await parts.ledger.settleAll(saleId, epoch, holds);
  const contested = together === "contested";
  const { judged, poisoned, retry } = contested
    ? await settleEach(parts, page, holds)
    : { ...NOTHING, judged: together };

  if (judged.length > 0) await parts.holds.finalise(saleId, epoch, judged);
  const sinceMs = new Map(holds.map((hold) => [hold.checkoutId, hold.sinceMs]));
  parts.telemetry.emit({
    kind: "page_settled",
    saleId,
    epoch,
    checkouts: page.checkoutIds.length,
    held: holds.length,
    contested,
    verdicts: judged.map(({ checkoutId, verdict, decidedAtMs }) => ({
      ...verdict,
      lagMs: decidedAtMs - (sinceMs.get(checkoutId) ?? decidedAtMs),
    })),
  });
  // A page that is delivered again at once is no further try.
  if (retry) return { kind: "retry" };
  for (const poison of poisoned) await recordFailure(parts, page, poison);
  return poisoned.length > 0
    ? { kind: "poisoned", checkoutIds: poisoned.map(({ hold }) => hold.checkoutId) }
    : { kind: "settled" };
}

/** A checkout that failed alone. */
interface Poison {
  readonly hold: Hold;
  readonly error: unknown;
}

interface Settled {
  readonly judged: readonly Judged[];
  readonly poisoned: readonly Poison[];
  readonly retry: boolean;
}

const NOTHING: Settled = { judged: [], poisoned: [], retry: false };

async function settleEach(parts: SettleParts, page: Page, holds: readonly Hold[]): Promise<Settled> {
  const judged: Judged[] = [];
  const poisoned: Poison[] = [];
  for (const hold of holds) {
    const reply = await parts.ledger.settleOne(page.saleId, page.epoch, hold);
    if (reply.kind === "judged") judged.push(reply.judged);
    if (reply.kind === "failed") poisoned.push({ hold, error: reply.error });
    if (reply.kind === "retry") return { judged, poisoned, retry: true };
  }
  return { judged, poisoned, retry: false };
}

/** Told before it is written down, so that the cause is known whatever becomes of the writing. */
async function recordFailure(
  { ledger, telemetry }: SettleParts,
  { saleId, epoch }: Page,
  { hold, error }: Poison,
): Promise<void> {
  const { checkoutId } = hold;
  telemetry.emit({ kind: "checkout_poisoned", saleId, checkoutId, error });
  const cause = causeOf(error);
  const { tries, dead } = await ledger.recordFailure({ saleId, epoch, hold, cause });
  if (dead) telemetry.emit({ kind: "dead_letter", saleId, checkoutId, tries, cause });
}
