import * as bodies from "../bodies/contest.ts";
import { done, type Operation, TEXT } from "../operation.ts";
import type { Refusal } from "./refusals.ts";

/** The contest's two-call API: every path, and what it does with each of its methods. */
export const CONTEST_OPERATIONS: Readonly<Record<string, Readonly<Record<string, Operation<Refusal>>>>> = {
  "/checkout": {
    post: {
      id: "contestCheckout",
      tag: "contest",
      summary: "Put an item into the user's open checkout; up to ten under one code",
      query: bodies.checkoutFields,
      fields: "ContestCheckoutFields",
      answers: [done("The open checkout with the item in it, reserved for two minutes.", "ContestCheckout")],
      problems: [
        ...(["invalid", "already_in_cart", "not_in_this_sale", "user_limit", "carts_spent"] as const),
        ...(["no_sale", "unknown_item", "item_taken", "sold_out", "too_large"] as const),
        ...(["checkout_unknown", "one_moment", "sale_paused"] as const),
      ],
    },
  },
  "/purchase": {
    post: {
      id: "contestPurchase",
      tag: "contest",
      summary: "Buy a checkout, once, and wait up to 25 s for the verdict",
      query: bodies.purchaseFields,
      fields: "ContestPurchaseFields",
      answers: [done("What the judge said of it.", "ContestReceipt")],
      problems: [
        ...(["invalid", "unknown_code", "too_large"] as const),
        ...(["already_purchased", "code_expired", "code_cancelled", "code_rejected"] as const),
        ...(["purchase_unknown", "unsettled", "one_moment"] as const),
      ],
    },
  },
  "/sales/{sale}": {
    get: {
      id: "contestSale",
      tag: "contest",
      summary: "A sale, or the one that runs now",
      answers: [done("The sale.", "ContestSale")],
      problems: ["no_sale", "unknown_sale"],
    },
  },
  "/sales/{sale}/items": {
    get: {
      id: "contestItems",
      tag: "contest",
      summary: "Every item of a sale, by the ids that a checkout takes; in `data` with `envelope=1`",
      query: bodies.itemsQuery,
      answers: [done("The items.", "ContestItems")],
      problems: ["unknown_sale"],
    },
  },
  "/admin/sales": {
    post: {
      id: "contestCreateSale",
      tag: "contest",
      summary: "Put on a sale of one's own, from the machine that the api runs on",
      query: bodies.saleFields,
      fields: "ContestSaleFields",
      answers: [{ as: "created", what: "The sale.", content: { "application/json": "ContestNewSale" } }],
      problems: ["invalid", "not_local", "overlaps", "too_large"],
    },
  },
  "/health": {
    get: {
      id: "contestHealth",
      tag: "contest",
      summary: "Whether everything is there that selling needs",
      answers: [done("It is.", "ContestHealth")],
      problems: ["unhealthy"],
    },
  },
  "/metrics": {
    get: {
      id: "contestMetrics",
      tag: "contest",
      summary: "This process's metrics, for Prometheus",
      answers: [{ as: "done", what: "The metrics.", content: { "text/plain": TEXT } }],
      problems: [],
    },
  },
};
