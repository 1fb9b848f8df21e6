import { itemsQuery, ordersQuery, salesQuery } from "../list-query.ts";
import type { ProblemCode } from "../problems.ts";
import { done, eventStream, type Operation, type Success, TEXT } from "./operation.ts";

/** What the gate may refuse more units for. */
const REFUSED: readonly ProblemCode[] = [
  "unknown_item",
  "user_limit",
  "sold_out",
  "item_taken",
  "sale_not_open",
  "sale_closed",
  "sale_paused",
];
/** Where the gate gave no answer. */
const UNSURE: readonly ProblemCode[] = ["outcome_unknown", "gate_shut"];
const BODY: readonly ProblemCode[] = ["malformed", "too_large", "wrong_type"];
const ENDED: readonly ProblemCode[] = ["ticket_expired", "ticket_cancelled", "ticket_rejected"];

const accepted: Success = {
  as: "accepted",
  what: "Promised, not decided: the ticket to ask with. With `Prefer: wait` it may hold the verdict already.",
  headers: { location: "always", "retry-after": "always" },
  content: { "application/json": "Ticket" },
};
const unchanged: Success = {
  as: "unchanged",
  what: "The copy that the client has is still good.",
  headers: { etag: "always" },
};
const nothingMore: Success = { as: "nothing", what: "Nothing more will come: do not connect again." };

const ticketAs = (what: string): Success => ({
  as: "done",
  what,
  headers: { "retry-after": "sometimes" },
  content: { "application/json": "Ticket" },
});
const page = (what: string, list: "SaleList" | "ItemList" | "OrderList"): Success => ({
  as: "done",
  what,
  headers: { link: "sometimes" },
  content: { "application/json": list },
});

/** The public surface: every path, and what it does with each of its methods. */
export const OPERATIONS: Readonly<Record<string, Readonly<Record<string, Operation>>>> = {
  "/v1/sales": {
    get: {
      id: "listSales",
      tag: "sales",
      summary: "Every sale there ever was, newest window first",
      query: salesQuery,
      answers: [page("A page of sales.", "SaleList")],
      problems: [],
    },
  },
  "/v1/sales/{sale}": {
    get: {
      id: "readSale",
      tag: "sales",
      summary: "Window, phase, stock and limits of a sale",
      headers: ["If-None-Match"],
      answers: [
        { as: "done", what: "The sale.", headers: { etag: "always" }, content: { "application/json": "Sale" } },
        unchanged,
      ],
      problems: ["sale_not_found"],
    },
  },
  "/v1/sales/{sale}/items": {
    get: {
      id: "listItems",
      tag: "sales",
      summary: "The items of a sale",
      query: itemsQuery,
      answers: [page("A page of items.", "ItemList")],
      problems: ["sale_not_found"],
    },
  },
  "/v1/sales/{sale}/availability": {
    get: {
      id: "readAvailability",
      tag: "sales",
      summary: "Of which items there is something left, one bit an item",
      headers: ["If-None-Match"],
      answers: [{ ...done("The items' availability.", "Availability"), headers: { etag: "always" } }, unchanged],
      problems: ["sale_not_found"],
    },
  },
  "/v1/sales/{sale}/events": {
    get: {
      id: "followSale",
      tag: "sales",
      summary: "A sale as it changes",
      headers: ["Last-Event-ID"],
      answers: [
        {
          as: "done",
          what: "A `snapshot`, then `stock` and `phase` as they change.",
          content: eventStream({ snapshot: "Sale", stock: "SaleStock", phase: "SalePhaseChange" }),
        },
        nothingMore,
      ],
      problems: ["sale_not_found", "too_many_streams"],
    },
  },
  "/v1/sales/{sale}/checkouts": {
    post: {
      id: "checkout",
      tag: "checkouts",
      summary: "Reserve units, to be settled at once or kept in a cart",
      shopper: true,
      headers: ["Idempotency-Key", "Prefer"],
      body: "CheckoutRequest",
      answers: [accepted],
      problems: [...BODY, "sale_not_found", ...REFUSED, "key_reused", "backlog_full", ...UNSURE],
    },
  },
  "/v1/tickets/{ticket}": {
    get: {
      id: "readTicket",
      tag: "tickets",
      summary: "How a checkout stands; whoever has the ticket may ask",
      headers: ["Prefer"],
      answers: [ticketAs("The checkout, in any state. With Retry-After as long as it is undecided.")],
      problems: ["ticket_not_found", "gate_shut"],
    },
    delete: {
      id: "cancelCheckout",
      tag: "tickets",
      summary: "Give the units back, unless they are sold",
      shopper: true,
      answers: [ticketAs("It ended without a sale: the units are given back.")],
      problems: ["ticket_not_found", "already_confirmed"],
    },
  },
  "/v1/tickets/{ticket}/lines": {
    post: {
      id: "addLines",
      tag: "tickets",
      summary: "Add to a cart; a lost answer is not to be repeated: ask for the ticket first",
      shopper: true,
      body: "LinesRequest",
      answers: [ticketAs("The cart with what was added.")],
      problems: [...BODY, "ticket_not_found", "not_a_cart", ...ENDED, ...REFUSED, ...UNSURE],
    },
  },
  "/v1/tickets/{ticket}/purchase": {
    post: {
      id: "purchase",
      tag: "tickets",
      summary: "Send a cart to the judge; again is the same answer",
      shopper: true,
      headers: ["Prefer"],
      answers: [accepted],
      problems: ["ticket_not_found", ...ENDED, ...UNSURE],
    },
  },
  "/v1/tickets/{ticket}/events": {
    get: {
      id: "followTicket",
      tag: "tickets",
      summary: "A checkout until its verdict",
      headers: ["Last-Event-ID"],
      answers: [
        {
          as: "done",
          what: "A `snapshot`, then the `verdict`, with which the stream ends.",
          content: eventStream({ snapshot: "Ticket", verdict: "Ticket" }),
        },
        nothingMore,
      ],
      problems: ["ticket_not_found", "gate_shut", "too_many_streams"],
    },
  },
  "/v1/orders": {
    get: {
      id: "listOrders",
      tag: "orders",
      summary: "The shopper's own orders, last reserved first",
      shopper: true,
      query: ordersQuery,
      answers: [page("A page of orders.", "OrderList")],
      problems: [],
    },
  },
  "/v1/orders/{order}": {
    get: {
      id: "readOrder",
      tag: "orders",
      summary: "One of the shopper's own orders",
      shopper: true,
      answers: [done("The order.", "Order")],
      problems: ["order_not_found"],
    },
  },
  "/images/{sale}/{item}": {
    get: {
      id: "readImage",
      tag: "pages",
      summary: "The picture of a generated item",
      answers: [{ as: "done", what: "The picture.", content: { "image/svg+xml": TEXT } }],
      problems: ["item_not_found"],
    },
  },
  "/openapi.json": {
    get: {
      id: "readDocument",
      tag: "pages",
      summary: "This document",
      headers: ["If-None-Match"],
      answers: [
        {
          as: "done",
          what: "The document.",
          headers: { etag: "always" },
          content: { "application/json": { schema: { type: "object" } } },
        },
        unchanged,
      ],
      problems: [],
    },
  },
  "/docs": {
    get: {
      id: "readDocs",
      tag: "pages",
      summary: "This document for people",
      answers: [{ as: "done", what: "A page that shows the document.", content: { "text/html": TEXT } }],
      problems: [],
    },
  },
  "/docs/{file}": {
    get: {
      id: "readDocsFile",
      tag: "pages",
      summary: "What the page is made of",
      answers: [{ as: "done", what: "A file of the page.", content: { "text/javascript": TEXT, "text/css": TEXT } }],
      problems: ["route_not_found"],
    },
  },
};
