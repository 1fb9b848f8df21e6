import { setTimeout as delay } from "node:timers/promises";
import { type Flashgate, FlashgateError, isDecided } from "@flashgate/client";
import type { Clock } from "@flashgate/core";
import type { Acknowledged } from "./tally.ts";

/** What the api says of tickets that ended: the state by checkout id. Tickets that never ended are missing. */
export type TicketStates = ReadonlyMap<string, string>;

/** Between two rounds of asking. */
const ROUND_MS = 200;
/** Tickets that are asked for at once. */
const AT_ONCE = 64;

export interface PollParts {
  /** One for each api, which take turns. */
  readonly clients: readonly Flashgate[];
  readonly clock: Clock;
  /** By `clock`. */
  readonly deadlineMs: number;
}

/** Asks for every ticket until it has ended, many at once, round after round while time is left. */
export async function pollTickets(tickets: readonly Acknowledged[], parts: PollParts): Promise<TicketStates> {
  const { clients, clock, deadlineMs } = parts;
  const states = new Map<string, string>();
  let pending = tickets;
  for (;;) {
    pending = await pollOnce(pending, clients, states, () => clock.nowMs() < deadlineMs);
    if (pending.length === 0 || clock.nowMs() >= deadlineMs) return states;
    await delay(ROUND_MS);
  }
}

/** One question for each ticket; returns those that are still under way. */
async function pollOnce(
  tickets: readonly Acknowledged[],
  clients: readonly Flashgate[],
  states: Map<string, string>,
  hasTime: () => boolean,
): Promise<Acknowledged[]> {
  const underWay: Acknowledged[] = [];
  const queue = tickets.values();
  const ask = async (client: Flashgate | undefined) => {
    // one iterator for all: each takes the next ticket that nobody took
    for (const ticket of queue) {
      const state = client && hasTime() ? await endOf(client, ticket.ticket) : null;
      if (state === null) underWay.push(ticket);
      else states.set(ticket.checkoutId, state);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => ask(clients[index % clients.length])));
  return underWay;
}

/** The state in which a ticket ended. Null where it has not, or where the api does not say now. */
async function endOf({ tickets }: Flashgate, ticket: string): Promise<string | null> {
  try {
    const view = await tickets.get(ticket);
    return isDecided(view) ? view.status : null;
  } catch (error) {
    if (error instanceof FlashgateError) return null;
    throw error;
  }
}
