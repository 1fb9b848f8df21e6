import { type BoardItem, type Clock, ITEM_ID, type SaleBoard, type SaleView } from "@flashgate/core";
import type { z } from "zod";
import { itemsQuery, linkTo, queryOf, salesQuery } from "../list-query.ts";
import type { availability, item as itemShape } from "../openapi/bodies/item.ts";
import { malformed, type Problem } from "../problems.ts";
import { sendNotModified, sendPublic } from "../responses.ts";
import type { SaleArchive } from "../sale-archive.ts";
import { archivedView, saleBody, saleVersion } from "../sale-body.ts";
import { type Handler, param, saleAt } from "./route.ts";

export interface SaleParts {
  readonly board: SaleBoard;
  readonly archive: SaleArchive;
  readonly clock: Clock;
  /** Names this process's life: versions are counted from its start. */
  readonly instance: string;
}

const NOT_FOUND = { kind: "not_found", what: "sale" } as const;

/** The sale that a path names, on the board or else, if it has an id, in the ledger. */
export async function viewOf(
  { board, archive }: Pick<SaleParts, "board" | "archive">,
  name: string,
  nowMs: number,
): Promise<{ readonly kind: "view"; readonly view: SaleView } | Problem> {
  const shown = saleAt(board, name, nowMs);
  if (shown) return { kind: "view", view: shown };
  if (name === "current" || !ITEM_ID.test(name)) return NOT_FOUND;
  const sale = await archive.find(name);
  if (sale === undefined) return { kind: "unavailable" };
  return sale ? { kind: "view", view: archivedView(sale, nowMs) } : NOT_FOUND;
}

/** `GET /v1/sales/{id|current}` */
export function readSale(parts: SaleParts): Handler {
  return async (request, response) => {
    const nowMs = parts.clock.nowMs();
    const found = await viewOf(parts, param(request, "sale"), nowMs);
    if (found.kind !== "view") return found;
    const etag = `"${saleVersion(found.view, parts.instance, nowMs)}"`;
    if (request.headers["if-none-match"] === etag) return void sendNotModified(response, etag);
    return void sendPublic(response, saleBody(found.view, nowMs, parts.board.nextOpensAtMs(nowMs)), { etag });
  };
}

/** `GET /v1/sales`: every sale there ever was, newest window first. */
export function listAllSales({ board, archive, clock }: SaleParts): Handler {
  return async (request, response) => {
    const parsed = queryOf(salesQuery, request);
    if (parsed.kind !== "query") return parsed;
    const { limit, starting_after: startingAfter = null } = parsed.query;
    const page = await archive.page({ limit, startingAfter });
    if (page === undefined) return { kind: "unavailable" };
    if (!page) return malformed([{ field: "starting_after", message: "is not a sale" }]);
    const nowMs = clock.nowMs();
    const nextOpensAtMs = board.nextOpensAtMs(nowMs);
    const data = page.sales.map((sale) =>
      saleBody(board.view(sale.id) ?? archivedView(sale, nowMs), nowMs, nextOpensAtMs),
    );
    const next = `/v1/sales?limit=${limit}&starting_after=${page.sales.at(-1)?.id}`;
    return void sendPublic(response, { data, has_more: page.hasMore }, linkTo(next, page.hasMore));
  };
}

/** `GET /v1/sales/{id|current}/items` */
export function listItems({ board, clock }: SaleParts): Handler {
  return (request, response) => {
    const view = saleAt(board, param(request, "sale"), clock.nowMs());
    if (!view) return NOT_FOUND;
    const parsed = queryOf(itemsQuery, request);
    if (parsed.kind !== "query") return parsed;
    const { limit, starting_after: startingAfter, starting_at: startingAt, available } = parsed.query;
    const page = board.items(view.sale.id, {
      limit,
      available: available === "true",
      ...(startingAfter === undefined ? {} : { startingAfter }),
      ...(startingAt === undefined ? {} : { startingAt }),
    });
    if (!page) return malformed([{ field: "starting_after", message: "is not an item of this sale" }]);
    const last = page.items.at(-1);
    const next = `/v1/sales/${view.sale.id}/items?limit=${limit}&starting_after=${last?.id}&available=${available}`;
    const body = { data: page.items.map(itemBody), has_more: page.hasMore };
    return void sendPublic(response, body, linkTo(next, page.hasMore));
  };
}

/** `GET /v1/sales/{id|current}/availability`: one bit an item, so that a page can show ten thousand of them as they go. */
export function readAvailability({ board, clock, instance }: SaleParts): Handler {
  // Everybody who looks asks for the same, and most of them in the same moment: made once a version.
  let made: { readonly etag: string; readonly body: z.infer<typeof availability> } | null = null;
  return (request, response) => {
    const nowMs = clock.nowMs();
    const view = saleAt(board, param(request, "sale"), nowMs);
    if (!view) return NOT_FOUND;
    const etag = `"${saleVersion(view, instance, nowMs)}"`;
    if (request.headers["if-none-match"] === etag) return void sendNotModified(response, etag);
    if (made?.etag !== etag)
      made = { etag, body: availabilityBody(view.sale.id, board.availability(view.sale.id) ?? []) };
    return void sendPublic(response, made.body, { etag });
  };
}

function availabilityBody(saleId: string, known: readonly boolean[]): z.infer<typeof availability> {
  return { sale_id: saleId, items: known.length, available: bitsOf(known).toString("base64") };
}

/** Eight to a byte, the first in its lowest bit. */
function bitsOf(flags: readonly boolean[]): Buffer {
  const bits = Buffer.alloc(Math.ceil(flags.length / 8));
  for (const [index, flag] of flags.entries())
    if (flag) bits[index >> 3] = (bits[index >> 3] ?? 0) | (1 << (index & 7));
  return bits;
}

function itemBody(item: BoardItem): z.infer<typeof itemShape> {
  return {
    id: item.id,
    position: item.position,
    name: item.name,
    image_url: item.imageUrl,
    price_minor: item.priceMinor,
    stock: { total: item.stock, available: item.available, sold: item.sold },
  };
}
