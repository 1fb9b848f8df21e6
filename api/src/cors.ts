import type { Request, Response } from "express";
import { addField } from "./answer-fields.ts";

/** Origins whose pages may read answers; `*` is any. */
export type CorsOrigins = ReadonlySet<string>;

/** What a page may read besides the body and the simple headers. */
const EXPOSED = [
  "ETag",
  "Link",
  "Location",
  "RateLimit",
  "RateLimit-Policy",
  "Retry-After",
  "WWW-Authenticate",
  "X-Request-Id",
].join(", ");

/** What a page may send. */
const ACCEPTED = [
  "Authorization",
  "Content-Type",
  "Idempotency-Key",
  "If-None-Match",
  "Last-Event-ID",
  "Prefer",
  "X-Request-Id",
  "X-User-Id",
].join(", ");

const PREFLIGHT_S_MAX = "600";

/** Lets the request's page read the answer, where it may. `methods`: those of the path, for a preflight. No cookies, so no credentials. */
export function allowOrigin(origins: CorsOrigins, request: Request, response: Response, methods?: string): void {
  if (origins.size === 0) return;
  const { origin } = request.headers;
  const any = origins.has("*");
  if (!any) addField(response, "vary", "Origin");
  if (origin === undefined || !(any || origins.has(origin))) return;
  addField(response, "access-control-allow-origin", any ? "*" : origin);
  if (methods === undefined || request.method !== "OPTIONS") {
    addField(response, "access-control-expose-headers", EXPOSED);
    return;
  }
  addField(response, "access-control-allow-methods", methods);
  addField(response, "access-control-allow-headers", ACCEPTED);
  addField(response, "access-control-max-age", PREFLIGHT_S_MAX);
}
