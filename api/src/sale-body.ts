import { ledgerTotals, phaseOf, type Sale, type SalePhase, type SaleView } from "@flashgate/core";
import type { z } from "zod";
import type { phaseChange, sale as saleShape, stock } from "./openapi/bodies/sale.ts";

/** Names what a sale looks like now: the ETag, and the id of a stream's event. `instance` names the process's life. */
export function saleVersion(view: SaleView, instance: string, nowMs: number): string {
  return `${instance}-${view.version}-${phaseOf(view.sale, nowMs)}`;
}

/** A sale that is not on the board, as the ledger tells it; one that is sealed never changes. */
export function archivedView(sale: Sale, nowMs: number): SaleView {
  return { sale, totals: ledgerTotals(sale), version: sale.state === "closed" ? 0 : nowMs };
}

export function stockBody({ sale, totals }: SaleView): z.infer<typeof stock> {
  return { total: sale.totalItems, ...totals };
}

/** What those who follow a sale are told when its phase changes. */
export function phaseBody(phase: SalePhase, nowMs: number): z.infer<typeof phaseChange> {
  return { phase, server_time: new Date(nowMs).toISOString() };
}

/** A sale as shoppers see it. */
export function saleBody(view: SaleView, nowMs: number, nextOpensAtMs: number | null): z.infer<typeof saleShape> {
  const { sale } = view;
  return {
    id: sale.id,
    phase: phaseOf(sale, nowMs),
    opens_at: new Date(sale.opensAtMs).toISOString(),
    closes_at: new Date(sale.closesAtMs).toISOString(),
    next_opens_at: nextOpensAtMs === null ? null : new Date(nextOpensAtMs).toISOString(),
    server_time: new Date(nowMs).toISOString(),
    stock: stockBody(view),
    limits: { units_per_user: sale.limitPerUser },
    links: {
      self: `/v1/sales/${sale.id}`,
      items: `/v1/sales/${sale.id}/items`,
      checkouts: `/v1/sales/${sale.id}/checkouts`,
      events: `/v1/sales/${sale.id}/events`,
    },
  };
}
