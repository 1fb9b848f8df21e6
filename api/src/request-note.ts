import type { Request } from "express";

/** What a request turned out to be about, as far as anybody found out. */
export interface RequestNote {
  readonly userId?: string;
  readonly saleId?: string;
  readonly checkoutId?: string;
  /** What came of it, where it was answered without a problem. */
  readonly outcome?: string;
  /** Wait for the gate. */
  readonly gateMs?: number;
}

const NOTE = Symbol("note");

interface Noted {
  [NOTE]?: RequestNote;
}

/** Keeps it beside the request, for the line that may be written of it. */
export function note(request: Request, about: RequestNote): void {
  Object.assign(noteOf(request), about);
}

/** All that was noted, and is to be. */
export function noteOf(request: Request): RequestNote {
  const noted = request as Request & Noted;
  noted[NOTE] ??= {};
  return noted[NOTE];
}

/** Answers requests as spans of their traces, where somebody traces. */
export interface RequestTracing {
  answering(
    request: { readonly method: string; readonly route: string; readonly traceparent: string | undefined },
    answer: () => Promise<void>,
  ): Promise<void>;
  /** Says of the present request's span what came of it. */
  tell(facts: Readonly<Record<string, string | number | undefined>>, isFault: boolean): void;
  traceId(): string | undefined;
}

const TRACEPARENT = /^[\da-f]{2}-([\da-f]{32})-[\da-f]{16}-[\da-f]{2}$/;

/** The trace that a client says its request belongs to (W3C Trace Context). */
export function traceIdOf(traceparent: string | string[] | undefined): string | undefined {
  return typeof traceparent === "string" ? TRACEPARENT.exec(traceparent)?.[1] : undefined;
}
