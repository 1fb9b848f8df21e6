import type { Clock } from "@flashgate/core";
import express, { type Express, type NextFunction, type Request, type Response } from "express";
import type { ContestDesk } from "./contest/desk.ts";
import { contestRoutes } from "./contest/routes.ts";
import { type Problem, sendProblem } from "./responses.ts";
import { addLines, type CartParts, purchase } from "./routes/carts.ts";
import { type CheckoutParts, reserve } from "./routes/checkouts.ts";
import { readImage } from "./routes/images.ts";
import type { Handler } from "./routes/route.ts";
import { listItems, readSale, type SaleParts } from "./routes/sales.ts";
import { cancelTicket, readTicketStatus, type TicketParts } from "./routes/tickets.ts";

export interface AppParts extends CartParts, CheckoutParts, SaleParts, TicketParts {
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
  /** Where the contest API is on. */
  readonly contest?: ContestDesk;
}

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
  const { contest } = parts;
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

async function dispatch(
  parts: AppParts,
  route: string,
  handlers: Partial<Record<string, Handler>>,
  request: Request,
  response: Response,
): Promise<void> {
  const startedMs = parts.clock.nowMs();
  if (parts.stopping()) response.setHeader("connection", "close");
  try {
    const problem = await handle(handlers, request, response);
    if (problem) answer(parts, request, response, problem);
  } catch (error) {
    // A client that went away is no failure of ours.
    if (request.destroyed && !request.complete) return;
    const requestId = answer(parts, request, response, { kind: "unavailable" });
    parts.onError(error, requestId);
  }
  parts.observe(route, request.method, response.statusCode, (parts.clock.nowMs() - startedMs) / 1_000);
}

async function handle(
  handlers: Partial<Record<string, Handler>>,
  request: Request,
  response: Response,
): Promise<Problem | undefined> {
  const handler = handlers[request.method === "HEAD" ? "GET" : request.method];
  if (handler) return handler(request, response);
  return { kind: "method_not_allowed", allow: Object.keys(handlers).join(", ") };
}

const REQUEST_ID = /^[A-Za-z0-9_-]{1,64}$/;

function answer(parts: AppParts, request: Request, response: Response, problem: Problem): string {
  const given = request.headers["x-request-id"];
  const requestId = typeof given === "string" && REQUEST_ID.test(given) ? given : parts.requestId();
  sendProblem(response, problem, requestId, parts.random);
  return requestId;
}
