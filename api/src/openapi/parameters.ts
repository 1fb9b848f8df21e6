import { IDEMPOTENCY_KEY } from "../request-headers.ts";
import type { JsonSchema } from "./schemas.ts";

/** What a request's headers may say. */
const REQUEST_HEADERS = {
  "Idempotency-Key": {
    description: "Names the checkout, for its shopper and sale: again with the same body is the same answer.",
    schema: { type: "string", pattern: IDEMPOTENCY_KEY.source },
  },
  Prefer: {
    description: "`wait=N` holds the answer back for up to N seconds, 30 at most, until there is a verdict.",
    schema: { type: "string" },
    example: "wait=5",
  },
  "If-None-Match": { description: "The ETag of the copy that the client has.", schema: { type: "string" } },
  "Last-Event-ID": { description: "The id of the last event that was received.", schema: { type: "string" } },
} as const;

export type RequestHeader = keyof typeof REQUEST_HEADERS;

export function headerParameter(name: RequestHeader): JsonSchema {
  return { name, in: "header", ...REQUEST_HEADERS[name] };
}

/** The parameters that a path has in braces. */
export function pathParameters(path: string, parts: Readonly<Record<string, JsonSchema>>): readonly JsonSchema[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => ({
    name,
    in: "path",
    required: true,
    ...parts[name],
  }));
}

/** What an answer's headers say. */
const RESPONSE_HEADERS: Readonly<Record<string, string>> = {
  allow: "The methods of the path.",
  "cache-control": "Who may keep the answer, and how long.",
  etag: "Names this state of it, for If-None-Match.",
  link: 'The next page: `<…>; rel="next"`. Missing on the last one.',
  location: "Where it is read.",
  ratelimit: "What is left of an allowance, and the seconds until it is whole again.",
  "ratelimit-policy": "The allowances: requests and the seconds of their window.",
  "retry-after": "Seconds after which asking again makes sense.",
  "set-cookie": "The session, or its end.",
  "www-authenticate": "How to say who is asking.",
  "x-request-id": "Names the request: the client's own name for it, if it sent one.",
};

/** Whether an answer always has a header, or only where there is something to say. */
export type HeaderNeeds = Readonly<Record<string, "always" | "sometimes">>;

/** What answers that share a response need, by the names that each carries: a header of all of them is always there. */
export function headerNeedsOf(named: readonly (readonly string[])[]): HeaderNeeds {
  return Object.fromEntries(
    named.flat().map((name) => [name, named.every((names) => names.includes(name)) ? "always" : "sometimes"]),
  );
}

/** Headers of every answer that passed the front door. */
const ALWAYS: HeaderNeeds = { "x-request-id": "always", "ratelimit-policy": "sometimes", ratelimit: "sometimes" };

/** The headers of an answer that passed the front door. */
export function responseHeaders(needs: HeaderNeeds): JsonSchema {
  return responseHeadersOf({ ...needs, ...ALWAYS });
}

/** These headers and no others. */
export function responseHeadersOf(needs: HeaderNeeds): JsonSchema {
  return Object.fromEntries(
    Object.entries(needs).map(([name, need]) => [
      name,
      { $ref: `#/components/headers/${need === "always" ? name : `maybe-${name}`}` },
    ]),
  );
}

/** The headers that {@link responseHeaders} refers to. */
export function headerComponents(): JsonSchema {
  const schema = { type: "string" };
  return Object.fromEntries(
    Object.entries(RESPONSE_HEADERS).flatMap(([name, description]) => [
      [name, { description, required: true, schema }],
      [`maybe-${name}`, { description, schema }],
    ]),
  );
}
