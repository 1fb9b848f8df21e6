import type { IncomingHttpHeaders } from "node:http";
import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { openApiDocument, SURFACES } from "../src/openapi/document.ts";

/** As much of an OpenAPI document as is looked at here. */
interface Media {
  readonly schema: object;
  readonly "x-events"?: Readonly<Record<string, object>>;
}
interface Response {
  readonly headers: Readonly<Record<string, { readonly $ref: string }>>;
  readonly content?: Readonly<Record<string, Media>>;
}
interface Operation {
  readonly responses: Readonly<Record<string, Response>>;
}

export interface Answered {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Parsed where it is JSON. */
  readonly body: unknown;
}

const ajv = new Ajv2020({ strict: false, allErrors: true });
formats.default(ajv);

/** The routes of every surface, each with its document: no two surfaces share a path. */
const routes = SURFACES.flatMap((surface) => {
  const document = closed(JSON.parse(JSON.stringify(openApiDocument(surface))));
  ajv.addSchema(document, surface);
  const headers = document.components.headers as Headers;
  return Object.entries(document.paths as Record<string, Record<string, Operation>>).map(([path, methods]) => ({
    ...{ surface, path, methods, headers },
    pattern: new RegExp(`^${path.replaceAll(".", "\\.").replace(/\{\w+\}/g, "[^/]+")}$`),
  }));
});
type Route = (typeof routes)[number];

/** What is wrong with an answer, by its document; null where nothing is, or where the path is no route. */
export function faultOf(method: string, target: string, answer: Answered): string | null {
  const route = routeOf(target);
  if (!route || isElsewhere(route, answer)) return null;
  const fault = answerFault(route, method, answer);
  return fault && `${method} ${route.path} answered ${answer.status}: ${fault}`;
}

/** What is wrong with an event of a stream; null where nothing is, or where the path is no route. */
export function eventFaultOf(target: string, event: string, data: unknown): string | null {
  const route = routeOf(target);
  if (!route) return null;
  const schema = route.methods["get"]?.responses["200"]?.content?.["text/event-stream"]?.["x-events"]?.[event];
  const fault = schema ? schemaFault(route, schema, data) : "the document has no such event";
  return fault && `the event "${event}" of ${target}: ${fault}`;
}

function routeOf(target: string): Route | undefined {
  const path = target.replace(/\?.*$/, "").replace(/(?<=.)\/$/, "");
  const fitting = routes.filter(({ pattern }) => pattern.test(path));
  return fitting.find(({ path }) => !path.includes("{")) ?? fitting[0];
}

/** Not every server has the operators' and the contest's routes: one that has not says that it knows no such route. */
function isElsewhere({ surface }: Route, { body }: Answered): boolean {
  return surface !== "public" && Object(body).code === "route_not_found";
}

/** What every path answers to a method that it does not have, the 429 before that, and the preflight. */
function undocumentedFault(route: Route, method: string, { status, headers, body }: Answered): string | null {
  if (method === "OPTIONS" && status === 204) return headers.allow === undefined ? "no Allow" : null;
  if (status !== 405 && status !== 429) return "the document has no such method";
  if (status === 405 && headers.allow === undefined) return "no Allow";
  return method === "HEAD" ? null : schemaFault(route, { $ref: "#/components/schemas/Problem" }, body);
}

function answerFault(route: Route, method: string, answer: Answered): string | null {
  const operation = route.methods[method === "HEAD" ? "get" : method.toLowerCase()];
  if (!operation) return undocumentedFault(route, method, answer);
  const response = operation.responses[String(answer.status)];
  if (!response) return "the document has no such status";
  for (const [name, { $ref }] of Object.entries(response.headers)) {
    const { required } = route.headers[$ref.slice($ref.lastIndexOf("/") + 1)] ?? {};
    if (required && answer.headers[name] === undefined) return `the header ${name} is missing`;
  }
  const said = Object.keys(answer.headers).find((name) => MEANT.has(name) && !(name in response.headers));
  if (said !== undefined) return `the document does not say that there is ${said}`;
  return contentFault(route, method, response, answer);
}

type Headers = Readonly<Record<string, { readonly required?: boolean }>>;
/** Headers that mean something for an answer: where the document does not have one, it must not be sent. */
const MEANT = new Set(routes.flatMap(({ headers }) => Object.keys(headers).map((name) => name.replace(/^maybe-/, ""))));

function contentFault(route: Route, method: string, { content }: Response, { headers, body }: Answered): string | null {
  const type = headers["content-type"]?.replace(/\s*;.*$/, "");
  if (!content) return type === undefined && body === "" ? null : "a body, where the document has none";
  const media = type === undefined ? undefined : content[type];
  if (!media) return `the document has no body of type ${type}`;
  return method === "HEAD" ? null : schemaFault(route, media.schema, body);
}

const compiled = new Map<string, ReturnType<typeof ajv.compile>>();

function schemaFault({ surface }: Route, schema: object, value: unknown): string | null {
  const text = JSON.stringify(schema).replaceAll('"#/', `"${surface}#/`);
  const validate = compiled.get(text) ?? ajv.compile(JSON.parse(text));
  compiled.set(text, validate);
  return validate(value) ? null : `${ajv.errorsText(validate.errors, { dataVar: "body" })} in ${JSON.stringify(value)}`;
}

/** Clients must bear fields they do not know; here such a field is one that the document forgot. */
function closed(all: ReturnType<typeof openApiDocument>) {
  const close = (node: unknown): void => {
    if (typeof node !== "object" || node === null) return;
    if ("properties" in node && !("additionalProperties" in node)) Object.assign(node, { additionalProperties: false });
    Object.values(node).forEach(close);
  };
  close(all.components.schemas);
  return all;
}
