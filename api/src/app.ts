import express, { type Express, type NextFunction, type Request, type Response } from "express";
import { answer, dispatch, type ServeParts } from "./dispatch.ts";
import { addLines, type CartParts, purchase } from "./routes/carts.ts";
import { type CheckoutParts, reserve } from "./routes/checkouts.ts";
import { readImage } from "./routes/images.ts";
import type { Handler } from "./routes/route.ts";
import { listItems, readSale, type SaleParts } from "./routes/sales.ts";
import { cancelTicket, readTicketStatus, type TicketParts } from "./routes/tickets.ts";

export interface AppParts extends CartParts, CheckoutParts, SaleParts, ServeParts, TicketParts {}

/** The public HTTP surface. */
export function createApp(parts: AppParts): Express {
  const app = express();
  app.disable("x-powered-by");
  app.set("etag", false);
  app.set("query parser", "simple");

  const serve = (path: string, handlers: Partial<Record<string, Handler>>) => {
    app.route(path).all((request, response) => dispatch(parts, path, handlers, request, response));
  };
  serve("/v1/sales/:sale/checkouts", { POST: reserve(parts) });
  serve("/v1/tickets/:ticket", { GET: readTicketStatus(parts), DELETE: cancelTicket(parts) });
  serve("/v1/tickets/:ticket/lines", { POST: addLines(parts) });
  serve("/v1/tickets/:ticket/purchase", { POST: purchase(parts) });
  serve("/v1/sales/:sale", { GET: readSale(parts) });
  serve("/v1/sales/:sale/items", { GET: listItems(parts) });
  serve("/images/:sale/:item", { GET: readImage });

  app.use((request: Request, response: Response) =>
    answer(parts, request, response, { kind: "not_found", what: "route" }),
  );
  app.use((_error: unknown, request: Request, response: Response, _next: NextFunction) => {
    answer(parts, request, response, { kind: "malformed", detail: "the path is not readable" });
  });
  return app;
}
