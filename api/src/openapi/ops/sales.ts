import { attemptsQuery } from "../../admin/attempts-query.ts";
import { salesQuery } from "../../list-query.ts";
import type { ProblemCode } from "../../problems.ts";
import { done, type Operation } from "../operation.ts";

const paused = done("The sale as it is now, and whether its gate knows.", "PausedSale");
const NO_SALE: readonly ProblemCode[] = ["sale_not_found"];

/** What operators do with sales. */
export const SALE_OPERATIONS: Readonly<Record<string, Readonly<Record<string, Operation>>>> = {
  "/v1/admin/sales": {
    get: {
      id: "listEverySale",
      tag: "sales",
      summary: "Every sale as the ledger has it, newest window first",
      query: salesQuery,
      answers: [done("A page of sales.", "SaleRowList")],
      problems: [],
    },
    post: {
      id: "createSale",
      tag: "sales",
      summary: "Put on a sale; the scheduler opens it when its time comes",
      body: "NewSale",
      answers: [
        {
          as: "created",
          what: "The sale, scheduled.",
          headers: { location: "always" },
          content: { "application/json": "SaleRow" },
        },
      ],
      problems: ["malformed", "too_large", "wrong_type"],
    },
  },
  "/v1/admin/sales/{sale}": {
    get: {
      id: "readSaleRow",
      tag: "sales",
      summary: "A sale as the ledger has it",
      answers: [done("The sale.", "SaleRow")],
      problems: NO_SALE,
    },
  },
  "/v1/admin/sales/{sale}/pause": {
    post: {
      id: "pauseSale",
      tag: "sales",
      summary: "Stop admission, never settlement",
      answers: [paused],
      problems: [...NO_SALE, "sale_closed"],
    },
  },
  "/v1/admin/sales/{sale}/resume": {
    post: {
      id: "resumeSale",
      tag: "sales",
      summary: "Admit again",
      answers: [paused],
      problems: [...NO_SALE, "sale_closed"],
    },
  },
  "/v1/admin/sales/{sale}/reconciliation": {
    get: {
      id: "auditSale",
      tag: "sales",
      summary: "The audit: ledger against gate, every counter against its rows",
      answers: [done("What was looked at, and every drift.", "Audit")],
      problems: NO_SALE,
    },
    post: {
      id: "reconcileSale",
      tag: "sales",
      summary: "Repair what may be repaired",
      answers: [done("What was done, and the audit after it.", "Reconciliation")],
      problems: NO_SALE,
    },
  },
  "/v1/admin/sales/{sale}/attempts": {
    get: {
      id: "listAttempts",
      tag: "sales",
      summary: "Recorded attempts to buy, latest first",
      query: attemptsQuery,
      answers: [done("A page of attempts.", "AttemptList")],
      problems: NO_SALE,
    },
  },
};
