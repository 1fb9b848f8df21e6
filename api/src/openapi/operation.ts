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
import { type JsonSchema, queryParameters, refTo, type SchemaName } from "./schemas.ts";
import type { Surface } from "./surface.ts";

/** What a path does with a method. */
export interface Operation<Failure extends string = ProblemCode> {
  readonly id: string;
  readonly tag: string;
  readonly summary: string;
  /** Who is asking must be known. */
  readonly shopper?: true;
  readonly query?: z.ZodObject;
  readonly headers?: readonly RequestHeader[];
  readonly body?: SchemaName;
  /** What may come in a body, as JSON or as a form, where it is not in the query. */
  readonly fields?: SchemaName;
  readonly answers: readonly Success[];
  /** Those of its own: what every route of its surface may answer is added. */
  readonly problems: readonly Failure[];
}

export interface Success {
  readonly as: keyof typeof STATUS;
  readonly what: string;
  readonly headers?: HeaderNeeds;
  /** By media type; a body that is not JSON has no schema. */
  readonly content?: Readonly<Record<string, SchemaName | typeof TEXT | JsonSchema>>;
}

/** A success with a body of that schema. */
export function done(what: string, schema: SchemaName): Success {
  return { as: "done", what, content: { "application/json": schema } };
}

/** A body that is a text of its media type. */
export const TEXT = { schema: { type: "string" } } as const;

/** A stream of server-sent events, by the name of each: OpenAPI 3.1 has no words for them. */
export function eventStream(events: Readonly<Record<string, SchemaName>>): NonNullable<Success["content"]> {
  const schemas = Object.fromEntries(Object.entries(events).map(([event, name]) => [event, refTo(name)]));
  return { "text/event-stream": { ...TEXT, "x-events": schemas } };
}

/** The operation as OpenAPI has it. */
export function operationObject<Failure extends string>(
  path: string,
  operation: Operation<Failure>,
  { pathParts, failures }: Pick<Surface<Failure>, "pathParts" | "failures">,
): JsonSchema {
  const { id, tag, summary, shopper, query, headers = [], answers } = operation;
  const parameters = [
    ...pathParameters(path, pathParts),
    ...(query ? queryParameters(query) : []),
    ...headers.map(headerParameter),
  ];
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(shopper ? { security: [{ bearer: [] }, { user: [] }] } : {}),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...requestBodyOf(operation),
    responses: {
      ...Object.fromEntries(answers.map((answer) => [String(STATUS[answer.as]), successObject(answer)])),
      ...failures(path, operation),
    },
  };
}

function requestBodyOf({ body, fields }: Pick<Operation, "body" | "fields">): JsonSchema {
  if (body) return { requestBody: { required: true, content: { "application/json": { schema: refTo(body) } } } };
  if (!fields) return {};
  const media = { schema: refTo(fields) };
  return { requestBody: { content: { "application/json": media, "application/x-www-form-urlencoded": media } } };
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
