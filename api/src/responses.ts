import type { Response } from "express";
import { answerOf, type Problem } from "./problems.ts";

/** Headers of every answer: nothing of it is a page. */
export const HEADERS = {
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
} as const;

export const JSON_TYPE = "application/json; charset=utf-8";
export const PRIVATE = { "cache-control": "no-store" } as const;
/** After which a client asks for a verdict that was not there yet. */
const POLL_AFTER_S = "1";

type Headers = Readonly<Record<string, string>>;

/** Sends a body with one write. */
export function send(response: Response, status: number, type: string, body: string, headers: Headers): void {
  response.writeHead(status, {
    ...HEADERS,
    "content-type": type,
    "content-length": Buffer.byteLength(body),
    ...headers,
  });
  response.end(body);
}

/** A checkout was reserved; it was promised, not decided. */
export function sendAccepted(response: Response, body: { readonly links: { readonly self: string } }): void {
  const headers = { ...PRIVATE, location: body.links.self, "retry-after": POLL_AFTER_S };
  send(response, 202, JSON_TYPE, JSON.stringify(body), headers);
}

/** A ticket's status; `pending`: it may still change. */
export function sendTicket(response: Response, body: object, pending: boolean): void {
  sendPrivate(response, body, pending ? { "retry-after": POLL_AFTER_S } : {});
}

/** Something that only who asked may see. */
export function sendPrivate(response: Response, body: object, headers: Headers = {}): void {
  send(response, 200, JSON_TYPE, JSON.stringify(body), { ...PRIVATE, ...headers });
}

/** Something was made, and is found at `location`. */
export function sendCreated(response: Response, body: object, location: string): void {
  send(response, 201, JSON_TYPE, JSON.stringify(body), { ...PRIVATE, location });
}

/** Something that everybody may see for a second. */
export function sendPublic(response: Response, body: object, headers: Headers = {}): void {
  send(response, 200, JSON_TYPE, JSON.stringify(body), { "cache-control": "public, max-age=1", ...headers });
}

/** The copy that the client has is still good. */
export function sendNotModified(response: Response, etag: string): void {
  response.writeHead(304, { ...HEADERS, etag, "cache-control": "public, max-age=1" });
  response.end();
}

/** An image that never changes, for the pages of any shop. */
export function sendImage(response: Response, svg: string): void {
  const headers = {
    "cache-control": "public, max-age=31536000, immutable",
    "cross-origin-resource-policy": "cross-origin",
  };
  send(response, 200, "image/svg+xml; charset=utf-8", svg, headers);
}

/** What can be done with a path. */
export function sendOptions(response: Response, allow: string): void {
  response.writeHead(204, { ...HEADERS, allow });
  response.end();
}

/** Answers with an RFC 9457 problem. */
export function sendProblem(response: Response, problem: Problem, requestId: string, random: () => number): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const { status, title, detail, more, headers, retryAfterS } = answerOf(problem);
  const code = problem.kind === "not_found" ? `${problem.what}_not_found` : problem.kind;
  const body = { type: `/problems/${code}`, title, status, code, detail, ...more, request_id: requestId };
  const retry = retryAfterS === undefined ? {} : { "retry-after": String(retryAfterS + Math.floor(random() * 2)) };
  const all = { ...PRIVATE, ...headers, ...retry };
  send(response, status, "application/problem+json; charset=utf-8", JSON.stringify(body), all);
}
