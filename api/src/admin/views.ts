import {
  type AuditReport,
  type DeadLetter,
  isVerdict,
  type Line,
  type Reconciliation,
  type RecordedAttempt,
  type Sale,
  type Timeline,
} from "@flashgate/core";
import type { z } from "zod";
import type * as bodies from "../openapi/bodies/ops.ts";

/** A sale as operators see it: the ledger's row. */
export function saleView(sale: Sale): z.infer<typeof bodies.saleRow> {
  return {
    id: sale.id,
    state: sale.state,
    paused: sale.paused,
    opens_at: timeOf(sale.opensAtMs),
    closes_at: timeOf(sale.closesAtMs),
    settle_until: timeOf(sale.settleUntilMs),
    units: { total: sale.totalItems, sold: sale.itemsSold, held: sale.itemsHeld },
    limits: { units_per_user: sale.limitPerUser },
    attempts: sale.attempts,
    epoch: sale.epoch,
    open_epoch: sale.openEpoch,
  };
}

export function reportView(report: AuditReport): z.infer<typeof bodies.audit> {
  return {
    sale_id: report.saleId,
    units: { total: report.totalUnits, confirmed: report.confirmedUnits },
    at_rest: report.atRest,
    clean: report.violations.length === 0,
    unchecked: [...report.unchecked],
    violations: [...report.violations],
  };
}

export function reconciliationView({ swept, report, recovery }: Reconciliation): z.infer<typeof bodies.reconciliation> {
  const { finalised = 0, paged = 0, expired = 0 } = swept ?? {};
  return { ...reportView(report), swept: { finalised, paged, expired }, recovery };
}

export function letterView(letter: DeadLetter): z.infer<typeof bodies.deadLetter> {
  return {
    checkout_id: letter.checkoutId,
    sale_id: letter.saleId,
    user_id: letter.userId,
    epoch: letter.epoch,
    cause: letter.cause,
    tries: letter.tries,
    first_failed_at: timeOf(letter.firstFailedAtMs),
    last_failed_at: timeOf(letter.lastFailedAtMs),
  };
}

export function attemptView(attempt: RecordedAttempt): z.infer<typeof bodies.attempt> {
  return {
    at: timeOf(attempt.atMs),
    user_id: attempt.userId,
    units: attempt.units,
    outcome: attempt.outcome,
    checkout_id: attempt.checkoutId,
  };
}

/** All that is known of a checkout: `hold` in the gate, `record` in the ledger, `verdict` where there is one. */
export function timelineView(
  checkoutId: string,
  { saleId, attempts, hold, record }: Timeline,
): z.infer<typeof bodies.timeline> {
  return {
    id: checkoutId,
    sale_id: saleId,
    user_id: record?.userId ?? hold?.userId ?? null,
    attempts: attempts.map(attemptView),
    hold: hold && {
      mode: hold.mode,
      since: timeOf(hold.sinceMs),
      deadline: timeOf(hold.deadlineMs),
      items: itemsOf(hold.lines),
    },
    record: record && {
      state: record.status.state,
      epoch: record.epoch,
      reserved_at: record.reservedAtMs === null ? null : timeOf(record.reservedAtMs),
      items: itemsOf(record.lines),
    },
    verdict:
      record && isVerdict(record.status)
        ? { ...record.status, decided_at: record.decidedAtMs === null ? null : timeOf(record.decidedAtMs) }
        : null,
  };
}

function itemsOf(lines: readonly Line[]) {
  return lines.map(({ itemId, quantity }) => ({ item_id: itemId, quantity }));
}

function timeOf(ms: number): string {
  return new Date(ms).toISOString();
}
