import { type Hold, isVerdict, type Judged, PAGE_CHECKOUTS_MAX } from "../../domain/checkout.ts";
import type { Sale } from "../../domain/sale.ts";
import type { Clock } from "../ports/clock.ts";
import type { DeadLetterLedger } from "../ports/dead-letter-ledger.ts";
import type { Holds } from "../ports/gate.ts";
import type { CheckoutLedger, TombGuard } from "../ports/ledger.ts";
import type { SettlementQueue } from "../ports/settlement-queue.ts";
import type { Telemetry } from "../ports/telemetry.ts";
import { tombOf } from "../tombs.ts";

export interface SweepParts {
  readonly ledger: CheckoutLedger & Pick<DeadLetterLedger, "deadAmong">;
  readonly holds: Holds;
  readonly queue: SettlementQueue;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
}

/** What a sweep did, in checkouts. `more`: it stopped at its bound and there is more to do. */
export interface SweepReport {
  readonly finalised: number;
  readonly paged: number;
  readonly expired: number;
  readonly more: boolean;
}

/** Holds one sweep looks at: bounds its memory and the length of its transactions. */
export const SWEEP_HOLDS_MAX = 2_000;

/**
 * Moves on every hold that nobody moved: applies verdicts whose finalise was lost, pages submitted holds again that are no
 * dead letters, expires carts that the gate claimed, and from settle_until on expires whatever is left.
 */
export async function sweepHolds(parts: SweepParts, sale: Sale): Promise<SweepReport> {
  const over = sale.state === "closed" || parts.clock.nowMs() >= sale.settleUntilMs;
  const holds = over
    ? await parts.holds.some(sale.id, sale.openEpoch, SWEEP_HOLDS_MAX)
    : await parts.holds.claimDue(sale.id, sale.openEpoch, SWEEP_HOLDS_MAX);
  if (holds.length === 0) return { finalised: 0, paged: 0, expired: 0, more: false };

  const records = await parts.ledger.records(
    sale.id,
    holds.map((hold) => hold.checkoutId),
  );
  const judged = records.flatMap(({ checkoutId, status, decidedAtMs }): Judged[] =>
    isVerdict(status) ? [{ checkoutId, verdict: status, decidedAtMs: decidedAtMs ?? 0 }] : [],
  );
  const done = new Set(judged.map(({ checkoutId }) => checkoutId));
  const open = holds.filter((hold) => !done.has(hold.checkoutId));

  const expired = over ? await expireAll(parts, sale, open) : await expireCarts(parts, sale, open);
  await nameCancelled(parts, sale, holds, judged);
  const verdicts = [...judged, ...expired];
  if (verdicts.length > 0) await parts.holds.finalise(sale.id, sale.openEpoch, verdicts);
  const paged = over ? 0 : await pageAgain(parts, sale, open);

  const report = { finalised: judged.length, paged, expired: expired.length, more: holds.length === SWEEP_HOLDS_MAX };
  parts.telemetry.emit({ kind: "swept", saleId: sale.id, finalised: report.finalised, paged, expired: report.expired });
  return report;
}

/** Carts past their deadline. The gate claims them first: without the claim an expiry overtakes an acknowledged purchase. */
async function expireCarts(parts: SweepParts, sale: Sale, holds: readonly Hold[]): Promise<Judged[]> {
  const carts = holds.filter((hold) => hold.mode !== "submitted");
  if (carts.length === 0) return [];
  const lapsed = await parts.holds.lapse(
    sale.id,
    sale.openEpoch,
    carts.map((hold) => hold.checkoutId),
  );
  if (lapsed === "gate_shut") return [];
  const claimed = carts.filter((hold) => lapsed.includes(hold.checkoutId));
  return expire(parts, sale, claimed, { kind: "cart_deadline", claimEpoch: sale.openEpoch });
}

function expireAll(parts: SweepParts, sale: Sale, holds: readonly Hold[]): Promise<Judged[]> {
  return expire(parts, sale, holds, { kind: "settle_until" });
}

async function expire(parts: SweepParts, sale: Sale, holds: readonly Hold[], guard: TombGuard): Promise<Judged[]> {
  if (holds.length === 0) return [];
  return parts.ledger.entomb(
    sale.id,
    holds.map((hold) => tombOf(hold, sale.openEpoch, "expired")),
    guard,
  );
}

/**
 * Whoever cancels without Redis cannot know the checkout's key, and the hold is the last that does: the ledger is told it
 * before the hold goes, so that a recovery goes on answering the key with this checkout.
 */
async function nameCancelled(
  parts: SweepParts,
  sale: Sale,
  holds: readonly Hold[],
  judged: readonly Judged[],
): Promise<void> {
  const cancelled = new Set(
    judged.filter(({ verdict }) => verdict.state === "cancelled").map(({ checkoutId }) => checkoutId),
  );
  const keyed = holds.filter((hold) => hold.key !== "" && cancelled.has(hold.checkoutId));
  if (keyed.length === 0) return;
  const tombs = keyed.map((hold) => tombOf(hold, sale.openEpoch, "cancelled"));
  await parts.ledger.entomb(sale.id, tombs, { kind: "none" });
}

async function pageAgain(parts: SweepParts, sale: Sale, holds: readonly Hold[]): Promise<number> {
  const submitted = await withoutDead(
    parts,
    sale,
    holds.filter((hold) => hold.mode === "submitted"),
  );
  for (let from = 0; from < submitted.length; from += PAGE_CHECKOUTS_MAX) {
    const checkoutIds = submitted.slice(from, from + PAGE_CHECKOUTS_MAX).map((hold) => hold.checkoutId);
    await parts.queue.enqueue({ saleId: sale.id, epoch: sale.openEpoch, checkoutIds });
  }
  return submitted.length;
}

/** Dead letters wait for somebody to retry them: they would fail again, and contest every page that they travel on. */
async function withoutDead({ ledger }: SweepParts, sale: Sale, holds: readonly Hold[]): Promise<readonly Hold[]> {
  if (holds.length === 0) return holds;
  const checkoutIds = holds.map((hold) => hold.checkoutId);
  const dead = new Set(await ledger.deadAmong(sale.id, checkoutIds));
  return holds.filter((hold) => !dead.has(hold.checkoutId));
}
