import type { Answer } from "./front-door.ts";
import { readProblemBody, readSealed, readTicketBody, type TicketTold } from "./ticket.ts";

/** What an answer means for whoever asked, in the words of the history. */
export type Outcome =
  | { readonly kind: "ok"; readonly ticket: TicketTold }
  | { readonly kind: "fail"; readonly code: string; readonly retryAfterMs: number | null }
  | {
      readonly kind: "info";
      readonly code: string;
      readonly retryAfterMs: number | null;
      /** The ticket of the checkout that may exist, where the answer named it. */
      readonly named: { readonly checkoutId: string; readonly sealed: string } | null;
    };

/** Codes of 503 and 429 that say that nothing was done. */
const NOTHING_DONE = new Set(["gate_shut", "backlog_full", "sale_paused", "rate_limited"]);

/** Whatever is not certainly a success or certainly nothing is unknown. */
export function outcomeOf(answer: Answer): Outcome {
  if (answer.kind === "unsent") return { kind: "fail", code: "unsent", retryAfterMs: null };
  if (answer.kind === "lost") return { kind: "info", code: codeOfLoss(answer.why), retryAfterMs: null, named: null };
  const { status, body, retryAfterMs } = answer;
  if (status < 300) {
    const ticket = readTicketBody(body);
    return ticket ? { kind: "ok", ticket } : { kind: "info", code: "unreadable", retryAfterMs, named: null };
  }
  const problem = readProblemBody(body);
  const code = problem?.code ?? String(status);
  if (status < 500 || (problem && NOTHING_DONE.has(code))) return { kind: "fail", code, retryAfterMs };
  const named = problem?.sealed ? { checkoutId: readSealed(problem.sealed).checkoutId, sealed: problem.sealed } : null;
  return { kind: "info", code, retryAfterMs, named };
}

function codeOfLoss(why: string): string {
  if (why === "vanished") return "vanished";
  return why.includes("TIMEOUT") ? "timeout" : "connection_lost";
}
