import type { IncomingHttpHeaders } from "node:http";
import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { openApiDocument } from "../src/openapi/document.ts";

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

const document = closed(JSON.parse(JSON.stringify(openApiDocument())));
const ajv = new Ajv2020({ strict: false, allErrors: true });
formats.default(ajv);
ajv.addSchema(document, "document");

const routes = Object.entries(document.paths as Record<string, Record<string, Operation>>).map(([path, methods]) => ({
  path,
  methods,
  pattern: new RegExp(`^${path.replaceAll(".", "\\.").replace(/\{\w+\}/g, "[^/]+")}$`),
}));

/** What is wrong with an answer, by the document; null where nothing is, or where the path is no route. */
export function faultOf(method: string, target: string, answer: Answered): string | null {
  const route = routeOf(target);
  if (!route) return null;
  const fault = answerFault(route.methods, method, answer);
  return fault && `${method} ${route.path} answered ${answer.status}: ${fault}`;
}

/** What is wrong with an event of a stream; null where nothing is, or where the path is no route. */
export function eventFaultOf(target: string, event: string, data: unknown): string | null {
  const route = routeOf(target);
  if (!route) return null;
  const schema = route.methods["get"]?.responses["200"]?.content?.["text/event-stream"]?.["x-events"]?.[event];
  const fault = schema ? schemaFault(schema, data) : "the document has no such event";
  return fault && `the event "${event}" of ${target}: ${fault}`;
}

function routeOf(target: string) {
  const path = target.replace(/\?.*$/, "").replace(/(?<=.)\/$/, "");
  const fitting = routes.filter(({ pattern }) => pattern.test(path));
  return fitting.find(({ path }) => !path.includes("{")) ?? fitting[0];
}

/** What every path answers to a method that it does not have, the 429 before that, and the preflight. */
function undocumentedFault(method: string, { status, headers, body }: Answered): string | null {
  if (method === "OPTIONS" && status === 204) return headers.allow === undefined ? "no Allow" : null;
  if (status !== 405 && status !== 429) return "the document has no such method";
  if (status === 405 && headers.allow === undefined) return "no Allow";
  return method === "HEAD" ? null : schemaFault({ $ref: "#/components/schemas/Problem" }, body);
}

function answerFault(methods: Record<string, Operation>, method: string, answer: Answered): string | null {
  const operation = methods[method === "HEAD" ? "get" : method.toLowerCase()];
  if (!operation) return undocumentedFault(method, answer);
  const response = operation.responses[String(answer.status)];
  if (!response) return "the document has no such status";
  for (const [name, { $ref }] of Object.entries(response.headers)) {
    const { required } = HEADERS[$ref.slice($ref.lastIndexOf("/") + 1)] ?? {};
    if (required && answer.headers[name] === undefined) return `the header ${name} is missing`;
  }
  const said = Object.keys(answer.headers).find((name) => DOCUMENTED.has(name) && !(name in response.headers));
  if (said !== undefined) return `the document does not say that there is ${said}`;
  return contentFault(method, response, answer);
}

const HEADERS = document.components.headers as Readonly<Record<string, { readonly required?: boolean }>>;
/** Headers that mean something for an answer: where the document does not have one, it must not be sent. */
const DOCUMENTED = new Set(Object.keys(HEADERS).map((name) => name.replace(/^maybe-/, "")));

function contentFault(method: string, { content }: Response, { headers, body }: Answered): string | null {
  const type = headers["content-type"]?.replace(/\s*;.*$/, "");
  if (!content) return type === undefined && body === "" ? null : "a body, where the document has none";
  const media = type === undefined ? undefined : content[type];
  if (!media) return `the document has no body of type ${type}`;
  return method === "HEAD" ? null : schemaFault(media.schema, body);
}

const compiled = new Map<string, ReturnType<typeof ajv.compile>>();

function schemaFault(schema: object, value: unknown): string | null {
  const text = JSON.stringify(schema).replaceAll('"#/', '"document#/');
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
