import type { Clock } from "@flashgate/core";
import type { Request, Response } from "express";
import { type Problem, sendProblem } from "./responses.ts";
import type { Handler } from "./routes/route.ts";

/** What every surface needs to answer. */
export interface ServeParts {
  readonly clock: Clock;
  /** A number in [0, 1): spreads Retry-After. */
  readonly random: () => number;
  readonly requestId: () => string;
  /** Told of every answer of a known route: its pattern, method, status, seconds. */
  readonly observe: (route: string, method: string, statusCode: number, seconds: number) => void;
  /** Told of every error that no outcome stands for. */
  readonly onError: (error: unknown, requestId: string) => void;
  /** Whether the process is about to stop: connections are not kept. */
  readonly stopping: () => boolean;
}

/** Lets the route's handler answer, and answers for it where it names a problem or fails. */
export async function dispatch(
  parts: ServeParts,
  route: string,
  handlers: Partial<Record<string, Handler>>,
  request: Request,
  response: Response,
): Promise<void> {
  const startedMs = parts.clock.nowMs();
  if (parts.stopping()) response.setHeader("connection", "close");
  try {
    const problem = await handle(handlers, request, response);
    if (problem) answer(parts, request, response, problem);
  } catch (error) {
    // A client that went away is no failure of ours.
    if (request.destroyed && !request.complete) return;
    const requestId = answer(parts, request, response, { kind: "unavailable" });
    parts.onError(error, requestId);
  }
  parts.observe(route, request.method, response.statusCode, (parts.clock.nowMs() - startedMs) / 1_000);
}

async function handle(
  handlers: Partial<Record<string, Handler>>,
  request: Request,
  response: Response,
): Promise<Problem | undefined> {
  const handler = handlers[request.method === "HEAD" ? "GET" : request.method];
  if (handler) return handler(request, response);
  return { kind: "method_not_allowed", allow: Object.keys(handlers).join(", ") };
}

const REQUEST_ID = /^[A-Za-z0-9_-]{1,64}$/;

/** Answers with a problem; returns the request's id. */
export function answer(parts: ServeParts, request: Request, response: Response, problem: Problem): string {
  const given = request.headers["x-request-id"];
  const requestId = typeof given === "string" && REQUEST_ID.test(given) ? given : parts.requestId();
  sendProblem(response, problem, requestId, parts.random);
  return requestId;
}
