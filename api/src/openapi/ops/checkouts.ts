import { done, type Operation } from "../operation.ts";

/** What operators look up of checkouts. */
export const CHECKOUT_OPERATIONS: Readonly<Record<string, Readonly<Record<string, Operation>>>> = {
  "/v1/admin/checkouts/{checkout}": {
    get: {
      id: "readTimeline",
      tag: "checkouts",
      summary: "One checkout: its attempt, hold, row and verdict, with their times",
      answers: [done("All that is known of it.", "CheckoutTimeline")],
      problems: ["checkout_not_found"],
    },
  },
};
