import type { IncomingMessage, ServerResponse } from "node:http";
import { ITEM_ID } from "@flashgate/core";
import express, { type Express, type NextFunction, type Request, type Response } from "express";
import { answer, dispatch, type Handlers, routeOf, type ServeParts } from "../dispatch.ts";
import { readConsole, sendCrowd } from "./console.ts";
import { giveUpLetter, listLetters, retryLetter, retryLetters } from "./dead-letters.ts";
import {
  type AdminParts,
  createSale,
  listAttempts,
  listEverySale,
  readCheckout,
  readReconciliation,
  readSaleRow,
  reconcile,
  setPaused,
} from "./routes.ts";

/** Begins every path of the operators' surface. */
const PREFIX = "/v1/admin";

/** Who was let into the ops port is not counted, and no page of another origin is. */
export const OPEN_TO_HOLDERS = {
  allowances: { user: null, address: null },
  corsOrigins: new Set<string>(),
  tlsOnly: false,
} as const;

/** The operators' HTTP surface. */
export function createAdminApp(parts: AdminParts & ServeParts): Express {
  const app = express();
  app.disable("x-powered-by");
  app.set("etag", false);
  app.set("query parser", "simple");

  app.param("sale", (request: Request, response: Response, next: NextFunction, saleId: string) => {
    // What cannot be the id of one is not asked for: the database would not even take all of it.
    if (ITEM_ID.test(saleId)) next();
    else answer(parts, request, response, { kind: "not_found", what: "sale" });
  });

  const serve = (path: string, handlers: Handlers) => {
    const route = routeOf(`${PREFIX}/${path}`, handlers);
    app.route(route.path).all((request, response) => dispatch(parts, route, request, response));
  };
  serve("console", { GET: readConsole(parts.console) });
  serve("crowd", { POST: sendCrowd(parts) });
  serve("sales", { GET: listEverySale(parts), POST: createSale(parts) });
  serve("sales/:sale", { GET: readSaleRow(parts) });
  serve("sales/:sale/pause", { POST: setPaused(parts, true) });
  serve("sales/:sale/resume", { POST: setPaused(parts, false) });
  serve("sales/:sale/reconciliation", { GET: readReconciliation(parts), POST: reconcile(parts) });
  serve("sales/:sale/attempts", { GET: listAttempts(parts) });
  serve("checkouts/:checkout", { GET: readCheckout(parts) });
  serve("dead-letters", { GET: listLetters(parts) });
  serve("dead-letters/retry", { POST: retryLetters(parts) });
  serve("dead-letters/:checkout/retry", { POST: retryLetter(parts) });
  serve("dead-letters/:checkout/give-up", { POST: giveUpLetter(parts) });

  app.use((request: Request, response: Response) =>
    answer(parts, request, response, { kind: "not_found", what: "route" }),
  );
  app.use((_error: unknown, request: Request, response: Response, _next: NextFunction) => {
    answer(parts, request, response, { kind: "malformed", detail: "the path is not readable" });
  });
  return app;
}

/**
 * The operators' surface, to be mounted where only they get: on the ops port, behind its door. `holder` names the one
 * who asks, for the audit log.
 */
export function createAdminRoutes(parts: AdminParts & ServeParts) {
  const app = createAdminApp(parts);
  return {
    prefix: PREFIX,
    links: [
      { path: `${PREFIX}/sales`, name: "Sales", about: "Every sale as the ledger has it; JSON, as all of /v1/admin." },
    ],
    handle(request: IncomingMessage, response: ServerResponse, holder: string): void {
      Object.assign(response, { locals: { holder } });
      app(request as Request, response as Response);
    },
  };
}
