import { setTimeout as delay } from "node:timers/promises";
import { isFinal, percentile } from "./counts.ts";
import { type Floor, patient } from "./floor.ts";
import type { OpenTicket } from "./ticket-book.ts";

/** How the tickets in hand came to their end. */
export interface SettleReport {
  readonly ended: number;
  /** Tickets that had not ended by the deadline, and the first few of them. */
  readonly pending: number;
  readonly pendingIds: readonly string[];
  /** From the healing, or from the end of a cart's time where that is later, to the verdict; milliseconds. */
  readonly delayMsP50: number;
  readonly delayMsP99: number;
  readonly delayMsMax: number;
}

export interface SettlePlan {
  /** Both by the history's clock. */
  readonly deadlineMs: number;
  readonly healedAtMs: number;
  /** Questions at once. */
  readonly askers: number;
}

const ROUND_MS = 250;
const NAMED_MAX = 10;

/** Asks for all open tickets, round after round, until each has ended or the time is up; for a cart once its time is over. */
export async function settle(floor: Floor, { deadlineMs, healedAtMs, askers }: SettlePlan): Promise<SettleReport> {
  const { book, history } = floor;
  const delaysMs: number[] = [];
  const hasTime = () => history.nowMs() < deadlineMs;
  const waiting = () => book.open().filter((ticket) => ticket.acknowledged);
  const isDue = ({ cartUntilMs }: OpenTicket) => cartUntilMs === null || cartUntilMs <= history.nowMs();
  for (let round = book.open(); round.length > 0 && hasTime(); round = waiting()) {
    // one iterator for all: each asker takes the next ticket that nobody took
    const queue = round.filter(isDue).values();
    const ask = async () => {
      for (const ticket of queue) {
        if (!hasTime()) return;
        const decidedAtMs = await endOf(floor, ticket);
        const sinceMs = Math.max(healedAtMs, ticket.cartUntilMs ?? 0);
        if (decidedAtMs !== null && ticket.acknowledged) delaysMs.push(Math.max(0, decidedAtMs - sinceMs));
      }
    };
    await Promise.all(Array.from({ length: askers }, ask));
    await history.room();
    if (waiting().length > 0) await delay(ROUND_MS);
  }
  const left = waiting();
  const sorted = delaysMs.sort((a, b) => a - b);
  return {
    ended: sorted.length,
    pending: left.length,
    pendingIds: left.slice(0, NAMED_MAX).map(({ checkoutId }) => checkoutId),
    delayMsP50: percentile(sorted, 0.5),
    delayMsP99: percentile(sorted, 0.99),
    delayMsMax: percentile(sorted, 1),
  };
}

/** When the ticket's verdict was given, if it was; null while it is under way. */
async function endOf(floor: Floor, ticket: OpenTicket): Promise<number | null> {
  const told = await floor.desk.poll(ticket, patient(floor));
  if (!told || !isFinal(told.state)) return null;
  floor.book.close(ticket.checkoutId, told.state);
  return told.decidedAtMs ?? floor.history.nowMs();
}
