import { setTimeout as delay } from "node:timers/promises";
import type { Clock } from "@flashgate/core";
import type { Connection } from "./connection.ts";
import type { Acknowledged } from "./tally.ts";

/** What the api says of tickets that ended: the state by checkout id. Tickets that never ended are missing. */
export type TicketStates = ReadonlyMap<string, string>;

const TERMINAL = new Set(["confirmed", "rejected", "expired", "cancelled"]);
/** Between two rounds of asking. */
const ROUND_MS = 200;

export interface PollParts {
  readonly connections: readonly Connection[];
  readonly clock: Clock;
  /** By `clock`. */
  readonly deadlineMs: number;
}

/** Asks for every ticket until it has ended, on all connections at once, round after round while time is left. */
export async function pollTickets(tickets: readonly Acknowledged[], parts: PollParts): Promise<TicketStates> {
  const { connections, clock, deadlineMs } = parts;
  const states = new Map<string, string>();
  let pending = tickets;
  for (;;) {
    pending = await pollOnce(pending, connections, states, () => clock.nowMs() < deadlineMs);
    if (pending.length === 0 || clock.nowMs() >= deadlineMs) return states;
    await delay(ROUND_MS);
  }
}

/** One question for each ticket; returns those that are still under way. */
async function pollOnce(
  tickets: readonly Acknowledged[],
  connections: readonly Connection[],
  states: Map<string, string>,
  hasTime: () => boolean,
): Promise<Acknowledged[]> {
  const underWay: Acknowledged[] = [];
  const queue = tickets.values();
  await Promise.all(
    connections.map(async (connection) => {
      // one iterator for all: each connection takes the next ticket that nobody took
      for (const ticket of queue) {
        const state = hasTime() ? await readState(connection, ticket.ticket) : null;
        if (state !== null && TERMINAL.has(state)) states.set(ticket.checkoutId, state);
        else underWay.push(ticket);
      }
    }),
  );
  return underWay;
}

/** Null where the api has no answer now. */
async function readState(connection: Connection, ticket: string): Promise<string | null> {
  const reply = await connection.send({ method: "GET", path: `/v1/tickets/${encodeURIComponent(ticket)}` });
  if (reply.status !== 200) return null;
  return (JSON.parse(reply.body) as { status?: string }).status ?? null;
}
