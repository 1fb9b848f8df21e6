import express, { type Express, type NextFunction, type Request, type Response } from "express";
import type { Access } from "./access.ts";
import type { ContestDesk } from "./contest/desk.ts";
import { contestRoutes } from "./contest/routes.ts";
import { answer, dispatch, type Handlers, routeOf, type ServeParts } from "./dispatch.ts";
import type { BuiltPage } from "./pages/built-page.ts";
import { addLines, type CartParts, purchase } from "./routes/carts.ts";
import { type CheckoutParts, reserve } from "./routes/checkouts.ts";
import { readDocs, readDocsFile, readDocument } from "./routes/docs.ts";
import { type EventParts, followSale, followTicket } from "./routes/events.ts";
import { readImage } from "./routes/images.ts";
import { listOwnOrders, type OrderParts, readOwnOrder } from "./routes/orders.ts";
import { listAllSales, listItems, readAvailability, readSale } from "./routes/sales.ts";
import { readStorefront, readStorefrontAsset } from "./routes/storefront.ts";
import { cancelTicket, readTicketStatus } from "./routes/tickets.ts";
import { shortcut } from "./shortcut.ts";

export interface AppParts extends Access, CartParts, CheckoutParts, EventParts, OrderParts, ServeParts {
  /** Where the contest API is on. */
  readonly contest?: ContestDesk;
  /** Where it was built. */
  readonly storefront?: BuiltPage | null;
}

/** The public HTTP surface. */
export function createApp(parts: AppParts): Express {
  const app = express();
  app.disable("x-powered-by");
  app.set("etag", false);
  app.set("query parser", "simple");
  app.set("trust proxy", parts.trustProxy);

  const serve = (path: string, handlers: Handlers) => {
    const route = routeOf(path, handlers);
    app.route(path).all((request, response) => dispatch(parts, route, request, response));
    return route;
  };
  shortcut(app, parts, [
    serve("/v1/sales/:sale/checkouts", { POST: reserve(parts) }),
    serve("/v1/tickets/:ticket", { GET: readTicketStatus(parts), DELETE: cancelTicket(parts) }),
  ]);
  serve("/v1/tickets/:ticket/lines", { POST: addLines(parts) });
  serve("/v1/tickets/:ticket/purchase", { POST: purchase(parts) });
  serve("/v1/tickets/:ticket/events", { GET: followTicket(parts) });
  serve("/v1/sales", { GET: listAllSales(parts) });
  serve("/v1/sales/:sale", { GET: readSale(parts) });
  serve("/v1/sales/:sale/items", { GET: listItems(parts) });
  serve("/v1/sales/:sale/availability", { GET: readAvailability(parts) });
  serve("/v1/sales/:sale/events", { GET: followSale(parts) });
  serve("/v1/orders", { GET: listOwnOrders(parts) });
  serve("/v1/orders/:order", { GET: readOwnOrder(parts) });
  serve("/images/:sale/:item", { GET: readImage });
  serve("/openapi.json", { GET: readDocument() });
  serve("/docs", { GET: readDocs });
  serve("/docs/:file", { GET: readDocsFile() });
  const { contest, storefront } = parts;
  if (storefront) {
    serve("/", { GET: readStorefront(storefront) });
    serve("/assets/:file", { GET: readStorefrontAsset(storefront) });
  }
  const contested = contest && contestRoutes({ ...parts, contest }, (error) => parts.onError(error, parts.requestId()));
  for (const [path, handlers] of contested ?? []) serve(path, handlers);

  app.use((request: Request, response: Response) =>
    answer(parts, request, response, { kind: "not_found", what: "route" }),
  );
  app.use((_error: unknown, request: Request, response: Response, _next: NextFunction) => {
    answer(parts, request, response, { kind: "malformed", detail: "the path is not readable" });
  });
  return app;
}
