import { type Counter, type Seen, seenOf } from "./counter.ts";
import { EventSocket, type ToldEvent } from "./event-socket.ts";

/** Where the events of a ticket are. */
export function eventsOf(ticket: string): string {
  return `/v1/tickets/${ticket}/events`;
}

/** A cart is bought while somebody follows it: what comes of it was pushed. Throws where the stream ends without a verdict. */
export async function verdictTold(url: string, counter: Counter, userId: string): Promise<Seen> {
  const ticket = await counter.reserve(userId, "cart");
  const told: ToldEvent[] = [];
  const client = new EventSocket(url, eventsOf(ticket), (event) => told.push(event));
  await client.opened;
  await counter.purchase(userId, ticket);
  // the api ends a stream that has told its verdict
  await client.closed;
  const verdict = told.find(({ name }) => name === "verdict");
  if (!verdict) throw new Error("a stream ended without a verdict");
  return seenOf({ ...JSON.parse(verdict.data), seenAtMs: verdict.seenAtMs });
}
