import type { z } from "zod";
import type { ProblemCode } from "../problems.ts";
import { STATUS } from "../responses.ts";
import {
  type HeaderNeeds,
  headerParameter,
  pathParameters,
  type RequestHeader,
  responseHeaders,
} from "./parameters.ts";
import { problemResponses } from "./problem-responses.ts";
import { type JsonSchema, queryParameters, refTo, type SchemaName } from "./schemas.ts";

/** What a path does with a method. */
export interface Operation {
  readonly id: string;
  readonly tag: string;
  readonly summary: string;
  /** Who is asking must be known. */
  readonly shopper?: true;
  readonly query?: z.ZodObject;
  readonly headers?: readonly RequestHeader[];
  readonly body?: SchemaName;
  readonly answers: readonly Success[];
  /** Those of its own: what every route or every shopper may be told is added. */
  readonly problems: readonly ProblemCode[];
}

export interface Success {
  readonly as: keyof typeof STATUS;
  readonly what: string;
  readonly headers?: HeaderNeeds;
  /** By media type; a body that is not JSON has no schema. */
  readonly content?: Readonly<Record<string, SchemaName | typeof TEXT | JsonSchema>>;
}

/** A body that is a text of its media type. */
export const TEXT = { schema: { type: "string" } } as const;

/** A stream of server-sent events, by the name of each: OpenAPI 3.1 has no words for them. */
export function eventStream(events: Readonly<Record<string, SchemaName>>): NonNullable<Success["content"]> {
  const schemas = Object.fromEntries(Object.entries(events).map(([event, name]) => [event, refTo(name)]));
  return { "text/event-stream": { ...TEXT, "x-events": schemas } };
}

const EVERYBODY: readonly ProblemCode[] = ["rate_limited", "unavailable"];
const SHOPPER: readonly ProblemCode[] = ["malformed", "unauthenticated"];

/** The operation as OpenAPI has it. */
export function operationObject(path: string, operation: Operation): JsonSchema {
  const { id, tag, summary, shopper, query, headers = [], body, answers, problems } = operation;
  const parameters = [
    ...pathParameters(path),
    ...(query ? queryParameters(query) : []),
    ...headers.map(headerParameter),
  ];
  // A path whose part is not UTF-8, and a query that does not fit.
  const unreadable: readonly ProblemCode[] = path.includes("{") || query ? ["malformed"] : [];
  const codes = [...problems, ...unreadable, ...(shopper ? SHOPPER : []), ...EVERYBODY];
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(shopper ? { security: [{ bearer: [] }, { user: [] }] } : {}),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body ? { requestBody: { required: true, content: { "application/json": { schema: refTo(body) } } } } : {}),
    responses: {
      ...Object.fromEntries(answers.map((answer) => [String(STATUS[answer.as]), successObject(answer)])),
      ...problemResponses(codes),
    },
  };
}

function successObject({ what, headers = {}, content }: Success): JsonSchema {
  return {
    description: what,
    headers: responseHeaders({ "cache-control": "always", ...headers }),
    ...(content ? { content: Object.fromEntries(Object.entries(content).map(mediaType)) } : {}),
  };
}

function mediaType([type, body]: [string, SchemaName | JsonSchema]): [string, JsonSchema] {
  return [type, typeof body === "string" ? { schema: refTo(body) } : body];
}
