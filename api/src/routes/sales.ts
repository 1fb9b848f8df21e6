import { type BoardItem, type Clock, ITEM_ID, phaseOf, type SaleBoard, type SaleView } from "@flashgate/core";
import { z } from "zod";
import { malformed, sendNotModified, sendPublic } from "../responses.ts";
import { type Handler, param, saleAt } from "./route.ts";

export interface SaleParts {
  readonly board: SaleBoard;
  readonly clock: Clock;
  /** Names this process's life: versions are counted from its start. */
  readonly instance: string;
}

const LIST_MAX = 100;
const LIST_DEFAULT = 50;

const itemsQuery = z.strictObject({
  limit: z.coerce
    .number("must be a number")
    .int("must be a whole number")
    .min(1, "must be at least 1")
    .max(LIST_MAX, `must be at most ${LIST_MAX}`)
    .default(LIST_DEFAULT),
  starting_after: z.string().regex(ITEM_ID, "must be an item's id").optional(),
  available: z.enum(["true", "false"], 'must be "true" or "false"').default("false"),
});

/** `GET /v1/sales/{id|current}` */
export function readSale({ board, clock, instance }: SaleParts): Handler {
  return (request, response) => {
    const nowMs = clock.nowMs();
    const view = saleAt(board, param(request, "sale"), nowMs);
    if (!view) return { kind: "not_found", what: "sale" };
    const etag = `"${instance}-${view.version}-${phaseOf(view.sale, nowMs)}"`;
    if (request.headers["if-none-match"] === etag) return void sendNotModified(response, etag);
    return void sendPublic(response, saleBody(view, nowMs, board.nextOpensAtMs(nowMs)), { etag });
  };
}

/** `GET /v1/sales/{id|current}/items` */
export function listItems({ board, clock }: SaleParts): Handler {
  return (request, response) => {
    const view = saleAt(board, param(request, "sale"), clock.nowMs());
    if (!view) return { kind: "not_found", what: "sale" };
    const query = itemsQuery.safeParse(request.query);
    if (!query.success) {
      return malformed(
        query.error.issues.map((issue) => ({ field: issue.path.join(".") || "query", message: issue.message })),
      );
    }
    const { limit, starting_after: startingAfter, available } = query.data;
    const page = board.items(view.sale.id, {
      limit,
      available: available === "true",
      ...(startingAfter === undefined ? {} : { startingAfter }),
    });
    if (!page) return malformed([{ field: "starting_after", message: "is not an item of this sale" }]);
    const last = page.items.at(-1);
    const next = `/v1/sales/${view.sale.id}/items?limit=${limit}&starting_after=${last?.id}&available=${available}`;
    const headers = page.hasMore ? { link: `<${next}>; rel="next"` } : {};
    return void sendPublic(response, { data: page.items.map(itemBody), has_more: page.hasMore }, headers);
  };
}

function saleBody({ sale, totals }: SaleView, nowMs: number, nextOpensAtMs: number | null) {
  return {
    id: sale.id,
    phase: phaseOf(sale, nowMs),
    opens_at: new Date(sale.opensAtMs).toISOString(),
    closes_at: new Date(sale.closesAtMs).toISOString(),
    next_opens_at: nextOpensAtMs === null ? null : new Date(nextOpensAtMs).toISOString(),
    server_time: new Date(nowMs).toISOString(),
    stock: { total: sale.totalItems, ...totals },
    limits: { units_per_user: sale.limitPerUser },
    links: {
      self: `/v1/sales/${sale.id}`,
      items: `/v1/sales/${sale.id}/items`,
      checkouts: `/v1/sales/${sale.id}/checkouts`,
    },
  };
}

function itemBody(item: BoardItem) {
  return {
    id: item.id,
    position: item.position,
    name: item.name,
    image_url: item.imageUrl,
    price_minor: item.priceMinor,
    stock: { total: item.stock, available: item.available, sold: item.sold },
  };
}
