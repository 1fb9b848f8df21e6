import type { BoardItem, SaleBoard, SaleView } from "@flashgate/core";
import type { Request } from "express";
import { param } from "../routes/route.ts";
import { activeSale, type ContestHandler, type ContestParts, isActive } from "./desk.ts";
import { formatItemName } from "./item-name.ts";

/** `GET /sales/{id|active}` */
export function readContestSale({ board, clock }: ContestParts): ContestHandler {
  return (request) => {
    const nowMs = clock.nowMs();
    const view = saleOf(board, request, nowMs);
    if (!view) return { kind: param(request, "sale") === ACTIVE ? "no_sale" : "unknown_sale" };
    const facts = { ...saleFacts(view.sale), items_sold: view.totals.sold, active: isActive(view, nowMs) };
    return { kind: "done", body: { ...facts, data: facts } };
  };
}

/** `GET /sales/{id|active}/items`: every item, by the names that `POST /checkout` takes. */
export function listContestItems({ board, clock }: ContestParts): ContestHandler {
  return (request) => {
    const view = saleOf(board, request, clock.nowMs());
    if (!view) return { kind: "unknown_sale" };
    const page = board.items(view.sale.id, { limit: view.sale.totalItems, available: false });
    const items = (page?.items ?? []).map(itemBody);
    return { kind: "done", body: request.query["envelope"] === "1" ? { data: items } : items };
  };
}

const ACTIVE = "active";

function saleOf(board: SaleBoard, request: Request, nowMs: number): SaleView | null {
  const name = param(request, "sale");
  return name === ACTIVE ? activeSale(board, nowMs) : board.view(name);
}

/** What the contest says of every sale. */
export function saleFacts(sale: {
  readonly id: string;
  readonly opensAtMs: number;
  readonly closesAtMs: number;
  readonly totalItems: number;
}) {
  return {
    id: sale.id,
    started_at: new Date(sale.opensAtMs).toISOString(),
    ended_at: new Date(sale.closesAtMs).toISOString(),
    total_items: sale.totalItems,
  };
}

function itemBody({ saleId, id, name, imageUrl, sold, stock }: BoardItem) {
  return { id: formatItemName({ saleId, itemId: id }), name, image_url: imageUrl, sold: sold >= stock };
}
