import type { Attempt, Stage } from "./attempt.ts";
import { stageOf, timeLeftShare } from "./attempt.ts";
import type { Clock } from "./clock.ts";
import { ExpiryRing } from "./expiry-ring.tsx";
import { useRedrawAfter } from "./moment.ts";
import type { ServerClock } from "./server-clock.ts";
import { cancelling, type Retry, retries, sale } from "./shop-window.ts";
import { type Step, stepsOf } from "./steps.ts";
import { mayGiveUp, refusalWords, rejectWords, type Words, waitWords } from "./words.ts";

/** How often running times are drawn again. */
const DRAW_MS = 100;

export interface StripParts {
  readonly clock: Clock;
  readonly serverClock: ServerClock;
  readonly onCancel: (key: string) => void;
  readonly onDismiss: (key: string) => void;
}

/** The latest attempt, step by step. Its place is kept free before there is one. */
export function TicketStrip({ attempt, ...parts }: StripParts & { readonly attempt: Attempt | undefined }) {
  const running = attempt && ["asking", "settling"].includes(stageOf(attempt));
  useRedrawAfter(running ? DRAW_MS : null);
  return (
    <section class={`ticket ${attempt ? stageOf(attempt) : "empty"}`} aria-label="Your ticket">
      {attempt ? <Ticket attempt={attempt} {...parts} /> : <p class="ticket-empty soft">Your ticket will be here.</p>}
    </section>
  );
}

function Ticket({ attempt, clock, serverClock, onCancel, onDismiss }: StripParts & { readonly attempt: Attempt }) {
  const stage = stageOf(attempt);
  const retry = retries.value.get(attempt.key);
  const { title, detail } = wordsOf(attempt, stage, retry, clock.steadyMs());
  const { ticket, key } = attempt;
  const share = ticket && stage === "settling" ? timeLeftShare(ticket, serverClock.nowMs()) : null;
  return (
    <>
      <header class="ticket-head">
        <div class="ticket-words">
          <h2 class="ticket-title">{title}</h2>
          <p class="ticket-detail small soft">{detail}</p>
        </div>
        {ticket?.expires_at !== undefined && share !== null && (
          <ExpiryRing share={share} leftMs={Date.parse(ticket.expires_at) - serverClock.nowMs()} />
        )}
      </header>
      <Steps steps={stepsOf(attempt, retry ? null : clock.wallMs() - attempt.clickedMs)} />
      <footer class="ticket-foot">
        <span class="ticket-number small soft figures">{ticket && `No. ${ticket.id.slice(-8)}`}</span>
        {stage === "settling" && (
          <button type="button" class="button" aria-disabled={cancelling.value.has(key)} onClick={() => onCancel(key)}>
            {cancelling.value.has(key) ? "Cancelling" : "Cancel"}
          </button>
        )}
        {stage === "asking" && retry && mayGiveUp(retry.code) && (
          <button type="button" class="button" onClick={() => onDismiss(key)}>
            Stop trying
          </button>
        )}
        {FAILED.has(stage) && (
          <button type="button" class="button" onClick={() => onDismiss(key)}>
            Dismiss
          </button>
        )}
      </footer>
    </>
  );
}

const FAILED: ReadonlySet<Stage> = new Set(["refused", "rejected", "expired", "cancelled"]);

function wordsOf(attempt: Attempt, stage: Stage, retry: Retry | undefined, nowMs: number): Words {
  const what = attempt.itemName ?? (attempt.itemId === "any" ? "Any item" : attempt.itemId);
  if (retry) {
    const { title, detail } = waitWords(retry.code);
    const seconds = Math.max(1, Math.ceil((retry.atMs - nowMs) / 1_000));
    return { title, detail: `${detail} Trying again in ${seconds} s.` };
  }
  switch (stage) {
    case "asking":
      return { title: what, detail: "Asking for it" };
    case "settling":
      return { title: what, detail: "Held for you while the books are written" };
    case "confirmed":
      return { title: what, detail: "It is yours" };
    case "cancelled":
      return { title: "Cancelled", detail: "The unit went back on sale." };
    case "expired":
      return { title: "Expired", detail: "It took too long. The unit went back on sale." };
    case "rejected":
      return rejectWords(attempt.ticket?.code);
    case "refused":
      return refusalWords(
        attempt.refusal ?? { code: "unavailable", unitsLeft: null },
        sale.value?.limits.units_per_user ?? 0,
      );
    default:
      return stage satisfies never;
  }
}

function Steps({ steps }: { readonly steps: readonly Step[] }) {
  return (
    <ol class="steps">
      {steps.map(({ name, state, time }, at) => (
        <li key={at} class={`step ${state}`} aria-current={state === "current" ? "step" : undefined}>
          <span class="step-name">{name}</span>
          <span class="step-time figures small soft">{time || "\u00a0"}</span>
        </li>
      ))}
    </ol>
  );
}
