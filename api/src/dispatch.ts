import type { Clock } from "@flashgate/core";
import type { Request, Response } from "express";
import type { Access } from "./access.ts";
import { addField } from "./answer-fields.ts";
import { allowOrigin } from "./cors.ts";
import { codeOf, type Problem } from "./problems.ts";
import { addressKey } from "./rate-limits/address-key.ts";
import { noteOf, type RequestNote, type RequestTracing, traceIdOf } from "./request-note.ts";
import { sendOptions, sendProblem } from "./responses.ts";
import type { Handler } from "./routes/route.ts";

/** An answer and what it was about, for the metrics and its line in the log. */
export interface Answered extends RequestNote {
  /** The pattern of its route. */
  readonly route: string;
  readonly method: string;
  readonly status: number;
  readonly durationMs: number;
  readonly requestId: string;
  readonly traceId: string | undefined;
  /** The problem's code, or what the route says came of it. */
  readonly outcome: string;
}

/** What every surface needs to answer. */
export interface ServeParts extends Pick<Access, "allowances" | "corsOrigins" | "tlsOnly"> {
  readonly clock: Clock;
  /** A number in [0, 1): spreads Retry-After. */
  readonly random: () => number;
  readonly requestId: () => string;
  /** Told of every answer. */
  readonly observe: (answered: Answered) => void;
  readonly tracing?: RequestTracing | null | undefined;
  /** Told of every error that no outcome stands for. */
  readonly onError: (error: unknown, requestId: string) => void;
  /** Whether the process is about to stop: connections are not kept. */
  readonly stopping: () => boolean;
}

/** Who answers which method. */
export type Handlers = Partial<Record<string, Handler>>;

/** A path, and who answers which method there. */
export interface Route {
  readonly path: string;
  readonly handlers: Handlers;
  /** Its methods, as Allow names them. */
  readonly allow: string;
}

export function routeOf(path: string, handlers: Handlers): Route {
  const methods = [...Object.keys(handlers), ...(handlers["GET"] ? ["HEAD"] : []), "OPTIONS"];
  return { path, handlers, allow: methods.join(", ") };
}

const UNAVAILABLE = { kind: "unavailable" } as const;
/** The route of what no route answers. */
const UNMATCHED = "unmatched";
/** What came of a request that was answered, where the route has no word of its own for it. */
const ANSWERED = "answered";

/** Lets the route's handler answer, and answers for it where it names a problem or fails. */
export function dispatch(parts: ServeParts, route: Route, request: Request, response: Response): Promise<void> {
  const { tracing } = parts;
  if (!tracing) return respond(parts, route, request, response);
  const { method, headers } = request;
  const traceparent = typeof headers["traceparent"] === "string" ? headers["traceparent"] : undefined;
  return tracing.answering({ method, route: route.path, traceparent }, () => respond(parts, route, request, response));
}

async function respond(parts: ServeParts, route: Route, request: Request, response: Response): Promise<void> {
  const startedMs = parts.clock.nowMs();
  const traceparent = request.headers["traceparent"];
  const requestId = stamp(parts, request, response, route.allow);
  if (parts.stopping()) addField(response, "connection", "close");
  let problem: Problem | undefined;
  let isFault = false;
  try {
    problem = await handle(parts, route, request, response, startedMs);
    if (problem) sendProblem(response, problem, requestId, parts.random);
  } catch (error) {
    // A client that went away is no failure of ours.
    if (request.destroyed && !request.complete) return;
    problem = UNAVAILABLE;
    isFault = true;
    sendProblem(response, problem, requestId, parts.random);
    parts.onError(error, requestId);
  }
  const note = noteOf(request);
  const answered: Answered = Object.assign(note, {
    route: route.path,
    method: request.method,
    status: response.statusCode,
    durationMs: parts.clock.nowMs() - startedMs,
    requestId,
    traceId: parts.tracing?.traceId() ?? traceIdOf(traceparent),
    outcome: problem ? codeOf(problem) : (note.outcome ?? ANSWERED),
  });
  parts.tracing?.tell(factsOf(answered), isFault);
  parts.observe(answered);
}

/** What a span tells of its request: whoever it was from is left out. */
function factsOf({ saleId, checkoutId, outcome, status }: Answered) {
  return {
    "http.response.status_code": status,
    "flashgate.outcome": outcome,
    "flashgate.sale.id": saleId,
    "flashgate.checkout.id": checkoutId,
  };
}

function handle(
  { allowances }: ServeParts,
  { handlers, allow }: Route,
  request: Request,
  response: Response,
  nowMs: number,
): Promise<Problem | undefined> | Problem | undefined {
  // Costs nothing, and a page could not read the refusal of a preflight.
  if (request.method === "OPTIONS") return void sendOptions(response, allow);
  const refused = allowances.address?.spend(addressKey(request), nowMs, response);
  if (refused) return refused;
  const handler = handlers[request.method === "HEAD" ? "GET" : request.method];
  return handler ? handler(request, response) : { kind: "method_not_allowed", allow };
}

/** Answers with a problem where no route does. */
export function answer(parts: ServeParts, request: Request, response: Response, problem: Problem): void {
  const requestId = stamp(parts, request, response);
  sendProblem(response, problem, requestId, parts.random);
  parts.observe({
    route: UNMATCHED,
    method: request.method,
    status: response.statusCode,
    durationMs: 0,
    requestId,
    traceId: traceIdOf(request.headers["traceparent"]),
    outcome: codeOf(problem),
  });
}

const REQUEST_ID = /^[A-Za-z0-9_-]{1,64}$/;
const TLS_ONLY = "max-age=31536000";

/** Writes on the response what every answer carries, whatever it says; returns the request's id. */
function stamp(parts: ServeParts, request: Request, response: Response, methods?: string): string {
  const given = request.headers["x-request-id"];
  const requestId = typeof given === "string" && REQUEST_ID.test(given) ? given : parts.requestId();
  addField(response, "x-request-id", requestId);
  if (parts.tlsOnly) addField(response, "strict-transport-security", TLS_ONLY);
  allowOrigin(parts.corsOrigins, request, response, methods);
  return requestId;
}
