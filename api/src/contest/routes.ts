import type { Request, Response } from "express";
import { note } from "../request-note.ts";
import type { Handler } from "../routes/route.ts";
import { type ContestAnswer, sendContest } from "./answers.ts";
import { checkout } from "./checkout.ts";
import type { ContestHandler, ContestParts } from "./desk.ts";
import { createSale } from "./new-sale.ts";
import { purchase } from "./purchase.ts";
import { listContestItems, readContestSale } from "./sales.ts";
import { readHealth, readMetrics } from "./vitals.ts";

type Routes = readonly (readonly [path: string, handlers: Readonly<Record<string, Handler>>])[];

/** The contest's routes. `onError` is told of what no answer stands for. */
export function contestRoutes(parts: ContestParts, onError: (error: unknown) => void): Routes {
  const answered =
    (handle: ContestHandler): Handler =>
    async (request, response) => {
      try {
        reply(request, response, await handle(request, () => response.destroyed));
      } catch (error) {
        // A client that went away is no failure of ours.
        if (request.destroyed && !request.complete) return;
        reply(request, response, { kind: "unavailable" });
        onError(error);
      }
    };
  return [
    ["/checkout", { POST: answered(checkout(parts)) }],
    ["/purchase", { POST: answered(purchase(parts)) }],
    ["/sales/:sale", { GET: answered(readContestSale(parts)) }],
    ["/sales/:sale/items", { GET: answered(listContestItems(parts)) }],
    ["/admin/sales", { POST: answered(createSale(parts)) }],
    ["/health", { GET: answered(readHealth(parts)) }],
    ["/metrics", { GET: answered(readMetrics(parts)) }],
  ];
}

function reply(request: Request, response: Response, answer: ContestAnswer): void {
  note(request, { outcome: answer.kind });
  sendContest(response, answer);
}
