import type { Clock } from "@flashgate/core";
import type { LogLines } from "./log-lines.ts";

/** What is known of a request that was answered. */
export interface AnsweredRequest {
  readonly requestId: string;
  readonly traceId?: string | undefined;
  readonly saleId?: string | undefined;
  readonly checkoutId?: string | undefined;
  readonly userId?: string | undefined;
  readonly outcome: string;
  readonly gateMs?: number | undefined;
  readonly route: string;
  readonly method: string;
  readonly status: number;
  readonly durationMs: number;
}

export interface RequestLogParts {
  readonly lines: LogLines;
  readonly clock: Clock;
  readonly hashUser: (userId: string) => string;
}

/** Of accepted requests every so manieth has a line. */
const SAMPLED = 100;
/**
 * Lines for one outcome: so many at once, and so many a second after that. A crowd that is refused must not fill the
 * disk; metrics and recorded attempts count it whole.
 */
const LINES_AT_ONCE = 500;
const LINES_PER_S = 20;
/** Outcomes are few; this bounds what a mistake could make of them. */
const OUTCOMES_MAX = 200;

interface Allowance {
  lines: number;
  atMs: number;
  leftOut: number;
}

/** One line for each request that was refused or could not be served, within reason, and for some of the accepted. */
export class RequestLog {
  readonly #parts: RequestLogParts;
  readonly #allowances = new Map<string, Allowance>();
  #accepted = 0;

  constructor(parts: RequestLogParts) {
    this.#parts = parts;
  }

  note(request: AnsweredRequest): void {
    if (request.status < 400) {
      if (this.#accepted++ % SAMPLED === 0) this.#write(request, "accepted");
      return;
    }
    const allowance = this.#allowanceOf(request.outcome);
    if (!allowance || allowance.lines < 1) {
      if (allowance) allowance.leftOut += 1;
      return;
    }
    allowance.lines -= 1;
    const leftOut = allowance.leftOut > 0 ? allowance.leftOut : undefined;
    allowance.leftOut = 0;
    this.#write(request, request.status < 500 ? "refused" : "failed", leftOut);
  }

  #allowanceOf(outcome: string): Allowance | null {
    const nowMs = this.#parts.clock.nowMs();
    const known = this.#allowances.get(outcome);
    if (!known) {
      if (this.#allowances.size >= OUTCOMES_MAX) return null;
      const fresh = { lines: LINES_AT_ONCE, atMs: nowMs, leftOut: 0 };
      this.#allowances.set(outcome, fresh);
      return fresh;
    }
    const earned = (Math.max(0, nowMs - known.atMs) / 1_000) * LINES_PER_S;
    known.lines = Math.min(LINES_AT_ONCE, known.lines + earned);
    known.atMs = nowMs;
    return known;
  }

  #write(request: AnsweredRequest, kind: "accepted" | "refused" | "failed", leftOut?: number): void {
    const { lines, hashUser } = this.#parts;
    lines.requestAnswered(
      {
        request_id: request.requestId,
        trace_id: request.traceId,
        sale_id: request.saleId,
        checkout_id: request.checkoutId,
        user_hash: request.userId === undefined ? undefined : hashUser(request.userId),
        outcome: request.outcome,
        gate_ms: request.gateMs,
        route: request.route,
        method: request.method,
        status: request.status,
        duration_ms: request.durationMs,
        left_out: leftOut,
      },
      kind,
    );
  }
}
