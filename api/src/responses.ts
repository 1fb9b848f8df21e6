import type { Response } from "express";
import { writeHead } from "./answer-fields.ts";
import { sendSoon } from "./outbox.ts";
import { answerOf, type Problem, problemBody } from "./problems.ts";

/** Headers of every answer: nothing of it is a page. */
export const HEADERS = {
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
} as const;

/** What a success is in HTTP. */
export const STATUS = { done: 200, created: 201, accepted: 202, nothing: 204, unchanged: 304 } as const;

export const JSON_TYPE = "application/json; charset=utf-8";
export const PRIVATE = { "cache-control": "no-store" } as const;
const PUBLIC = { "cache-control": "public, max-age=1" } as const;
/** After which a client asks for a verdict that was not there yet. */
const POLL_AFTER_S = "1";

type Headers = Readonly<Record<string, string>>;

/** Sends a body with one write, in a moment: it is written with the others of this turn. */
export function send(response: Response, status: number, type: string, body: string | Buffer, headers: Headers): void {
  const length = String(Buffer.byteLength(body));
  writeHead(response, status, { ...HEADERS, "content-type": type, "content-length": length, ...headers });
  sendSoon(response, body);
}

/** A checkout was reserved; it was promised, not decided. */
export function sendAccepted(response: Response, body: { readonly links: { readonly self: string } }): void {
  const headers = { ...PRIVATE, location: body.links.self, "retry-after": POLL_AFTER_S };
  send(response, STATUS.accepted, JSON_TYPE, JSON.stringify(body), headers);
}

/** A ticket's status; `pending`: it may still change. */
export function sendTicket(response: Response, body: object, pending: boolean): void {
  sendPrivate(response, body, pending ? { "retry-after": POLL_AFTER_S } : {});
}

/** Something that only who asked may see. */
export function sendPrivate(response: Response, body: object, headers: Headers = {}): void {
  send(response, STATUS.done, JSON_TYPE, JSON.stringify(body), { ...PRIVATE, ...headers });
}

/** Something was made, and is found at `location`. */
export function sendCreated(response: Response, body: object, location: string): void {
  send(response, STATUS.created, JSON_TYPE, JSON.stringify(body), { ...PRIVATE, location });
}

/** Something that everybody may see for a second. */
export function sendPublic(response: Response, body: object, headers: Headers = {}): void {
  send(response, STATUS.done, JSON_TYPE, JSON.stringify(body), { ...PUBLIC, ...headers });
}

/** The copy that the client has is still good. */
export function sendNotModified(response: Response, etag: string, headers: Headers = PUBLIC): void {
  writeHead(response, STATUS.unchanged, { ...HEADERS, etag, ...headers });
  response.end();
}

/** Something that is part of the program. */
export function sendFile(response: Response, type: string, body: string | Buffer, headers: Headers): void {
  send(response, STATUS.done, type, body, headers);
}

/** An image that never changes, for the pages of any shop. */
export function sendImage(response: Response, svg: string): void {
  const headers = {
    "cache-control": "public, max-age=31536000, immutable",
    "cross-origin-resource-policy": "cross-origin",
  };
  send(response, STATUS.done, "image/svg+xml; charset=utf-8", svg, headers);
}

/** What can be done with a path. */
export function sendOptions(response: Response, allow: string): void {
  writeHead(response, STATUS.nothing, { ...HEADERS, allow });
  response.end();
}

/** Answers with an RFC 9457 problem. */
export function sendProblem(response: Response, problem: Problem, requestId: string, random: () => number): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const answer = answerOf(problem);
  const { status, headers, retryAfterS } = answer;
  const body = problemBody(problem, requestId, answer);
  const retry = retryAfterS === undefined ? {} : { "retry-after": String(retryAfterS + Math.floor(random() * 2)) };
  const all = { ...PRIVATE, ...headers, ...retry };
  send(response, status, "application/problem+json; charset=utf-8", JSON.stringify(body), all);
}
