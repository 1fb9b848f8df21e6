import { ledgerTotals, phaseOf, type Sale, type SaleView } from "@flashgate/core";

/** Names what a sale looks like now: the ETag, and the id of a stream's event. `instance` names the process's life. */
export function saleVersion(view: SaleView, instance: string, nowMs: number): string {
  return `${instance}-${view.version}-${phaseOf(view.sale, nowMs)}`;
}

/** A sale that is not on the board, as the ledger tells it; one that is sealed never changes. */
export function archivedView(sale: Sale, nowMs: number): SaleView {
  return { sale, totals: ledgerTotals(sale), version: sale.state === "closed" ? 0 : nowMs };
}

export function stockBody({ sale, totals }: SaleView) {
  return { total: sale.totalItems, ...totals };
}

/** A sale as shoppers see it. */
export function saleBody(view: SaleView, nowMs: number, nextOpensAtMs: number | null) {
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
