import type { Express, Request, Response } from "express";
import { dispatch, type Route, type ServeParts } from "./dispatch.ts";

type Handle = (request: Request, response: Response, next: (error?: unknown) => void) => void;

/** What a path may hold in place of a parameter to be taken as it is: nothing that is decoded. */
const AS_IT_IS = "([A-Za-z0-9._-]+)";

/**
 * Lets the app find these routes, of one parameter each, by the plain spelling of their paths, before its router looks:
 * the router's way to a handler costs more than a refusal's own work. Any other spelling (escapes, a query, capitals, a
 * slash at the end) goes through the router, which knows the same routes.
 */
export function shortcut(app: Express, parts: ServeParts, routes: readonly Route[]): void {
  const short = routes.map((route) => {
    const [, parameter = ""] = /:(\w+)/.exec(route.path) ?? [];
    const path = new RegExp(`^${route.path.replace(`:${parameter}`, AS_IT_IS)}$`);
    return { route, parameter, path };
  });
  const inner = app as unknown as { handle: Handle };
  const throughRouter = inner.handle;
  inner.handle = (request, response, next) => {
    for (const { route, parameter, path } of short) {
      const value = path.exec(request.url)?.[1];
      if (value === undefined) continue;
      request.params = { [parameter]: value };
      dispatch(parts, route, request, response).catch((error: unknown) => {
        response.destroy();
        parts.onError(error, parts.requestId());
      });
      return;
    }
    throughRouter.call(app, request, response, next);
  };
}
