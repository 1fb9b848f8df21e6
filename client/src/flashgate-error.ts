import type { Problem, ProblemCode } from "./shapes.ts";

/** A refusal of the api's, or why there is none: no answer, none in time, or one that is not the api's. */
export type ErrorCode = ProblemCode | "network" | "timeout" | "unreadable";

export interface ErrorFacts {
  readonly code: ErrorCode;
  readonly message: string;
  readonly status?: number | null;
  readonly requestId?: string | null;
  readonly retryable: boolean;
  readonly retryAfterMs?: number | null;
  readonly problem?: Problem | null;
  readonly cause?: unknown;
}

/**
 * The one error of this library. An aborted call rejects with its signal's reason instead, as `fetch` does.
 *
 * - `code`: what programs go by; stable.
 * - `status`: the HTTP status, null where there was no answer.
 * - `requestId`: names the request in the api's logs.
 * - `retryable`: whether the same call may succeed later. The library has tried again already, as long as it was allowed.
 * - `retryAfterMs`: when the api would like to hear of it again, where it said so.
 * - `problem`: the api's answer, whole.
 */
export class FlashgateError extends Error {
  override readonly name = "FlashgateError";
  readonly code: ErrorCode;
  readonly status: number | null;
  readonly requestId: string | null;
  readonly retryable: boolean;
  readonly retryAfterMs: number | null;
  readonly problem: Problem | null;

  constructor(facts: ErrorFacts) {
    super(facts.message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.code = facts.code;
    this.status = facts.status ?? null;
    this.requestId = facts.requestId ?? null;
    this.retryable = facts.retryable;
    this.retryAfterMs = facts.retryAfterMs ?? null;
    this.problem = facts.problem ?? null;
  }
}

/** Answers that say nothing about the request: another one may be better. */
const RETRYABLE_STATUSES = new Set([408, 425, 429, 500, 502, 503, 504]);

/** What an answer that is no success comes to. */
export async function errorOf(response: Response): Promise<FlashgateError> {
  const { status } = response;
  const problem = await problemOf(response);
  const code = (problem?.code as ProblemCode | undefined) ?? "unreadable";
  return new FlashgateError({
    code,
    message: problem ? `${code}: ${problem.detail}` : `HTTP ${status}, which is not an answer of Flashgate's`,
    status,
    requestId: problem?.request_id ?? response.headers.get("x-request-id"),
    retryable: RETRYABLE_STATUSES.has(status),
    retryAfterMs: retryAfterMsOf(response),
    problem,
  });
}

async function problemOf(response: Response): Promise<Problem | null> {
  if (!response.headers.get("content-type")?.startsWith("application/problem+json")) {
    await response.body?.cancel();
    return null;
  }
  try {
    return (await response.json()) as Problem;
  } catch {
    return null;
  }
}

function retryAfterMsOf(response: Response): number | null {
  const seconds = /^\d+$/.exec(response.headers.get("retry-after") ?? "")?.[0];
  return seconds === undefined ? null : Number(seconds) * 1_000;
}
