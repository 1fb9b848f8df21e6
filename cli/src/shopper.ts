import { setTimeout as delay } from "node:timers/promises";
import type { Clock } from "@flashgate/core";
import type { Connection, Reply } from "./connection.ts";
import type { Tally } from "./tally.ts";

/** What every shopper of a crowd wants: `units` of whatever is left. */
export interface Errand {
  readonly path: string;
  readonly body: string;
  readonly units: number;
}

export interface ShopperParts {
  readonly tally: Tally;
  readonly clock: Clock;
  /** When the crowd is over, by `clock`: nobody comes back after it. */
  readonly overAtMs: number;
}

/** `served`: a ticket. `refused`: the sale has nothing for this shopper, nor for the next. `gave_up`: no answer in a long while. */
export type ShopperOutcome = "served" | "refused" | "gave_up";

/** Answers that ask to come back; so does no answer, after which the checkout may exist. */
const COME_BACK = new Set([0, 429, 503]);
/** How long a shopper puts up with being asked to come back. */
const PATIENCE_MS = 30_000;
/** Used where the answer does not say when to come back; bounds of what it may say. */
const WAIT_MS = 250;
const WAIT_MS_MIN = 20;
const WAIT_MS_MAX = 5_000;

export function errand(saleId: string, units: number): Errand {
  const body = JSON.stringify({ items: [{ item_id: "any", quantity: units }] });
  return { path: `/v1/sales/${encodeURIComponent(saleId)}/checkouts`, body, units };
}

/**
 * One shopper's way to a ticket or a refusal. Asked to wait, the shopper waits and sends the same request with the same
 * idempotency key, so that a checkout whose answer was lost is found again and not bought twice. `sinceMs` is when the
 * request was meant to be sent: a crowd that runs late must not hide it.
 */
export async function goShopping(
  userId: string,
  { path, body, units }: Errand,
  connection: Connection,
  { tally, clock, overAtMs }: ShopperParts,
  sinceMs: number,
): Promise<ShopperOutcome> {
  // A key counts for one user in one sale, and a shopper buys once: one word serves all.
  const headers = { "content-type": "application/json", "x-user-id": userId, "idempotency-key": "once" };
  const patientUntilMs = Math.min(clock.nowMs() + PATIENCE_MS, overAtMs);
  for (;;) {
    const reply = await connection.send({ method: "POST", path, headers, body });
    if (reply.status === 202) {
      tally.acknowledge({ ...ticketOf(reply), units }, clock.nowMs() - sinceMs);
      return "served";
    }
    const code = codeOf(reply);
    if (reply.status >= 500 && reply.status !== 503) tally.serverError(reply.status);
    if (!COME_BACK.has(reply.status)) {
      tally.refuse(code);
      return "refused";
    }
    const waitMs = Math.min(Math.max(reply.retryAfterMs ?? WAIT_MS, WAIT_MS_MIN), WAIT_MS_MAX);
    if (clock.nowMs() + waitMs >= patientUntilMs) {
      tally.giveUp();
      return "gave_up";
    }
    tally.retry(code);
    await delay(waitMs);
  }
}

function ticketOf(reply: Reply): { checkoutId: string; ticket: string } {
  const { id, ticket } = JSON.parse(reply.body) as { id: string; ticket: string };
  return { checkoutId: id, ticket };
}

/** The stable code of a problem; the status where the body holds none. */
function codeOf({ status, body }: Reply): string {
  if (status === 0) return "no_answer";
  try {
    const { code } = JSON.parse(body) as { code?: unknown };
    return typeof code === "string" ? code : String(status);
  } catch {
    return String(status);
  }
}
