import type { Clock } from "@flashgate/core";
import express, { type Express, type NextFunction, type Request, type Response } from "express";
import type { Access } from "./access.ts";
import { allowOrigin } from "./cors.ts";
import type { Problem } from "./problems.ts";
import { addressKey } from "./rate-limits/address-key.ts";
import { sendOptions, sendProblem } from "./responses.ts";
import { addLines, type CartParts, purchase } from "./routes/carts.ts";
import { type CheckoutParts, reserve } from "./routes/checkouts.ts";
import { readDocs, readDocsFile, readDocument } from "./routes/docs.ts";
import { type EventParts, followSale, followTicket } from "./routes/events.ts";
import { readImage } from "./routes/images.ts";
import { listOwnOrders, type OrderParts, readOwnOrder } from "./routes/orders.ts";
import type { Handler } from "./routes/route.ts";
import { listAllSales, listItems, readSale } from "./routes/sales.ts";
import { cancelTicket, readTicketStatus } from "./routes/tickets.ts";

export interface AppParts extends Access, CartParts, CheckoutParts, EventParts, OrderParts {
  readonly clock: Clock;
  /** A number in [0, 1): spreads Retry-After. */
  readonly random: () => number;
  readonly requestId: () => string;
  /** Told of every answer of a known route: its pattern, method, status, seconds. */
  readonly observe: (route: string, method: string, statusCode: number, seconds: number) => void;
  /** Told of every error that no outcome stands for. */
  readonly onError: (error: unknown, requestId: string) => void;
  /** Whether the process is about to stop: connections are not kept. */
  readonly stopping: () => boolean;
}

/** The public HTTP surface. */
export function createApp(parts: AppParts): Express {
  const app = express();
  app.disable("x-powered-by");
  app.set("etag", false);
  app.set("query parser", "simple");
  app.set("trust proxy", parts.trustProxy);

  const serve = (path: string, handlers: Handlers) => {
    const route = { path, handlers, allow: allowed(handlers) };
    app.route(path).all((request, response) => dispatch(parts, route, request, response));
  };
  serve("/v1/sales/:sale/checkouts", { POST: reserve(parts) });
  serve("/v1/tickets/:ticket", { GET: readTicketStatus(parts), DELETE: cancelTicket(parts) });
  serve("/v1/tickets/:ticket/lines", { POST: addLines(parts) });
  serve("/v1/tickets/:ticket/purchase", { POST: purchase(parts) });
  serve("/v1/tickets/:ticket/events", { GET: followTicket(parts) });
  serve("/v1/sales", { GET: listAllSales(parts) });
  serve("/v1/sales/:sale", { GET: readSale(parts) });
  serve("/v1/sales/:sale/items", { GET: listItems(parts) });
  serve("/v1/sales/:sale/events", { GET: followSale(parts) });
  serve("/v1/orders", { GET: listOwnOrders(parts) });
  serve("/v1/orders/:order", { GET: readOwnOrder(parts) });
  serve("/images/:sale/:item", { GET: readImage });
  serve("/openapi.json", { GET: readDocument() });
  serve("/docs", { GET: readDocs });
  serve("/docs/:file", { GET: readDocsFile() });

  app.use((request: Request, response: Response) =>
    answer(parts, request, response, { kind: "not_found", what: "route" }),
  );
  app.use((_error: unknown, request: Request, response: Response, _next: NextFunction) => {
    answer(parts, request, response, { kind: "malformed", detail: "the path is not readable" });
  });
  return app;
}

type Handlers = Partial<Record<string, Handler>>;

interface Route {
  readonly path: string;
  readonly handlers: Handlers;
  /** Its methods, as Allow names them. */
  readonly allow: string;
}

function allowed(handlers: Handlers): string {
  return [...Object.keys(handlers), ...(handlers["GET"] ? ["HEAD"] : []), "OPTIONS"].join(", ");
}

async function dispatch(parts: AppParts, route: Route, request: Request, response: Response): Promise<void> {
  const startedMs = parts.clock.nowMs();
  const requestId = stamp(parts, request, response, route.allow);
  if (parts.stopping()) response.setHeader("connection", "close");
  try {
    const problem = await handle(parts, route, request, response, startedMs);
    if (problem) sendProblem(response, problem, requestId, parts.random);
  } catch (error) {
    // A client that went away is no failure of ours.
    if (request.destroyed && !request.complete) return;
    sendProblem(response, { kind: "unavailable" }, requestId, parts.random);
    parts.onError(error, requestId);
  }
  parts.observe(route.path, request.method, response.statusCode, (parts.clock.nowMs() - startedMs) / 1_000);
}

async function handle(
  { allowances }: AppParts,
  { handlers, allow }: Route,
  request: Request,
  response: Response,
  nowMs: number,
): Promise<Problem | undefined> {
  // Costs nothing, and a page could not read the refusal of a preflight.
  if (request.method === "OPTIONS") return void sendOptions(response, allow);
  const refused = allowances.address?.spend(addressKey(request), nowMs, response);
  if (refused) return refused;
  const handler = handlers[request.method === "HEAD" ? "GET" : request.method];
  return handler ? handler(request, response) : { kind: "method_not_allowed", allow };
}

function answer(parts: AppParts, request: Request, response: Response, problem: Problem): void {
  sendProblem(response, problem, stamp(parts, request, response), parts.random);
}

const REQUEST_ID = /^[A-Za-z0-9_-]{1,64}$/;
const TLS_ONLY = "max-age=31536000";

/** Writes on the response what every answer carries, whatever it says; returns the request's id. */
function stamp(parts: AppParts, request: Request, response: Response, methods?: string): string {
  const given = request.headers["x-request-id"];
  const requestId = typeof given === "string" && REQUEST_ID.test(given) ? given : parts.requestId();
  response.setHeader("x-request-id", requestId);
  if (parts.tlsOnly) response.setHeader("strict-transport-security", TLS_ONLY);
  allowOrigin(parts.corsOrigins, request, response, methods);
  return requestId;
}
