import type { Response } from "express";
import { type Fields, fieldsOf, writeHead } from "./answer-fields.ts";
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
  sendWith(response, status, headOf(type, headers), body);
}

/** All that the head of such an answer holds, but for what is the answer's own. */
function headOf(type: string, headers: Headers): Fields {
  return fieldsOf({ ...HEADERS, "content-type": type, ...headers });
}

function sendWith(response: Response, status: number, head: Fields, body: string | Buffer, ...own: string[]): void {
  own.push("content-length", String(Buffer.byteLength(body)));
  writeHead(response, status, head, own);
  sendSoon(response, body);
}

const DECIDED = headOf(JSON_TYPE, PRIVATE);
const PENDING = headOf(JSON_TYPE, { ...PRIVATE, "retry-after": POLL_AFTER_S });

/** A checkout was reserved; it was promised, not decided. */
export function sendAccepted(response: Response, body: { readonly links: { readonly self: string } }): void {
  sendWith(response, STATUS.accepted, PENDING, JSON.stringify(body), "location", body.links.self);
}

/** A ticket's status; `pending`: it may still change. */
export function sendTicket(response: Response, body: object, pending: boolean): void {
  sendWith(response, STATUS.done, pending ? PENDING : DECIDED, JSON.stringify(body));
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
  writeHead(response, STATUS.unchanged, fieldsOf({ ...HEADERS, etag, ...headers }));
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
  writeHead(response, STATUS.nothing, fieldsOf({ ...HEADERS, allow }));
  response.end();
}

/** A problem's answer, but for the id of the request. */
interface PreparedProblem {
  readonly status: number;
  readonly head: Fields;
  /** The body up to the request's id, which is its last word. */
  readonly opening: string;
  readonly retryAfterS: number | undefined;
}

/** Those that tell everybody the same, by kind: what a crowd is refused with is put into words once. */
const prepared = new Map<Problem["kind"], PreparedProblem>();

function preparedOf(problem: Problem): PreparedProblem {
  if (Object.keys(problem).length > 1) return prepare(problem);
  const known = prepared.get(problem.kind);
  if (known) return known;
  const fresh = prepare(problem);
  prepared.set(problem.kind, fresh);
  return fresh;
}

function prepare(problem: Problem): PreparedProblem {
  const answer = answerOf(problem);
  const { status, headers, retryAfterS } = answer;
  const head = headOf("application/problem+json; charset=utf-8", { ...PRIVATE, ...headers });
  const opening = JSON.stringify(problemBody(problem, "", answer)).slice(0, -'""}'.length);
  return { status, head, opening, retryAfterS };
}

/** Answers with an RFC 9457 problem. */
export function sendProblem(response: Response, problem: Problem, requestId: string, random: () => number): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const { status, head, opening, retryAfterS } = preparedOf(problem);
  const body = `${opening}${JSON.stringify(requestId)}}`;
  const retry = retryAfterS === undefined ? [] : ["retry-after", String(retryAfterS + Math.floor(random() * 2))];
  sendWith(response, status, head, body, ...retry);
}
