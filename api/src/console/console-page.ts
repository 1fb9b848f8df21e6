import type { IncomingMessage, ServerResponse } from "node:http";
import express, { type NextFunction, type Request, type Response } from "express";
import type { BuiltPage } from "../pages/built-page.ts";
import { sendBuilt } from "../pages/send-built.ts";
import type { Problem } from "../problems.ts";
import { sendProblem } from "../responses.ts";
import { param } from "../routes/route.ts";

export interface ConsolePageParts {
  /** Null where it was not built. */
  readonly page: BuiltPage | null;
  /** What paths begin with in browsers, and not here. */
  readonly basePath: string;
  readonly requestId: () => string;
  readonly random: () => number;
}

const PREFIX = "/console";
const READS = "GET, HEAD";

/**
 * Its own script and style, this port's answers, and the form that signs out. `same-origin`: with `no-referrer` a browser
 * hides the origin of that form, by which the door knows its own pages.
 */
const DOCUMENT = {
  "cache-control": "private, no-cache",
  "referrer-policy": "same-origin",
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
} as const;

/** Named by its content, and for those who were let in. */
const ASSET = { "cache-control": "private, max-age=31536000, immutable" } as const;

/** The console on the ops port, behind its door, at `/console/`: a page over the operators' routes. */
export function createConsolePage({ page, basePath, requestId, random }: ConsolePageParts) {
  const answer = (response: Response, problem: Problem) => sendProblem(response, problem, requestId(), random);
  const app = express();
  app.disable("x-powered-by");
  app.set("strict routing", true);
  app.use((request: Request, response: Response, next: NextFunction) => {
    if (request.method === "GET" || request.method === "HEAD") return next();
    answer(response, { kind: "method_not_allowed", allow: READS });
  });
  if (page) {
    app.get(PREFIX, (_request, response) => response.redirect(`${basePath}${PREFIX}/`));
    app.get(`${PREFIX}/`, (request, response) => sendBuilt(request, response, page.document, DOCUMENT));
    app.get(`${PREFIX}/assets/:file`, (request, response, next) => {
      const file = page.assets.get(param(request, "file"));
      if (file) sendBuilt(request, response, file, ASSET);
      else next();
    });
  }
  app.use((_request: Request, response: Response) => answer(response, { kind: "not_found", what: "route" }));
  app.use((_error: unknown, _request: Request, response: Response, _next: NextFunction) =>
    answer(response, { kind: "malformed", detail: "the path is not readable" }),
  );
  return {
    prefix: PREFIX,
    links: page
      ? [
          {
            path: `${PREFIX}/`,
            name: "Console",
            about: "The sale as it sells: verdict, funnel, lag, and what to do about it.",
          },
        ]
      : [],
    handle(request: IncomingMessage, response: ServerResponse): void {
      app(request as Request, response as Response);
    },
  };
}
