import { followEvents } from "./event-stream.ts";
import { FlashgateError } from "./flashgate-error.ts";
import type { Ticket } from "./shapes.ts";
import type { Transport } from "./transport.ts";

/** How long the api is asked to hold an answer back; it does so for 30 s at most. */
const WAIT_MS = 20_000;
const POLL_AFTER_MS = 1_000;

export interface WatchOptions {
  readonly signal?: AbortSignal | undefined;
}

/** Whether this is the ticket's last state. */
export function isDecided({ status }: Pick<Ticket, "status">): boolean {
  return status !== "reserved" && status !== "queued";
}

export function readTicket(
  transport: Transport,
  ticket: string,
  { signal, waitMs = 0 }: WatchOptions & { readonly waitMs?: number } = {},
): Promise<Ticket> {
  return transport.send<Ticket>({
    method: "GET",
    path: pathOf(ticket),
    waitMs,
    signal,
    asShopper: false,
    repeatable: true,
  });
}

export function pathOf(ticket: string): string {
  return `/v1/tickets/${encodeURIComponent(ticket)}`;
}

/** Every state that a ticket is seen in, the last one last: told by a stream, else by answers that are held back, else by asking. */
export async function* watchTicket(
  transport: Transport,
  ticket: string,
  options: WatchOptions,
): AsyncGenerator<Ticket, void, undefined> {
  let seen: Ticket | null = null;
  const isNews = (view: Ticket) => view.status !== seen?.status || view.quantity !== seen.quantity;
  const call = { path: `${pathOf(ticket)}/events`, signal: options.signal };
  for await (const { data } of followEvents(transport, call, ({ data }) => isDecided(JSON.parse(data) as Ticket))) {
    const view = JSON.parse(data) as Ticket;
    if (isNews(view)) yield view;
    seen = view;
  }
  if (seen && isDecided(seen)) return;
  for await (const view of pollTicket(transport, ticket, options)) {
    if (isNews(view)) yield view;
    seen = view;
  }
}

/**
 * Asks until the ticket is decided, and gives each answer. Where somebody on the way does not let answers be held back,
 * asks as often as the api says.
 */
export async function* pollTicket(
  transport: Transport,
  ticket: string,
  { signal }: WatchOptions,
): AsyncGenerator<Ticket, void, undefined> {
  const { world } = transport.settings;
  for (let waitMs = WAIT_MS; ; ) {
    const askedMs = world.nowMs();
    const view = await readTicket(transport, ticket, { signal, waitMs }).catch((error: unknown) => {
      if (!(error instanceof FlashgateError) || !error.retryable || waitMs === 0) throw error;
      return null;
    });
    if (!view) {
      waitMs = 0;
      continue;
    }
    yield view;
    if (isDecided(view)) return;
    const restMs = (view.poll_after_ms ?? POLL_AFTER_MS) * (1 + world.random()) - (world.nowMs() - askedMs);
    if (restMs > 0) await world.pause(restMs, signal);
  }
}
