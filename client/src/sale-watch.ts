import { followEvents } from "./event-stream.ts";
import type { Sale } from "./shapes.ts";
import type { WatchOptions } from "./ticket-watch.ts";
import type { Transport } from "./transport.ts";

const POLL_MS = 1_000;
/** After which a stream is tried for again: a crowd that lost its streams in a deployment does not ask for ever. */
const POLLS_MAX = 60;

/** A sale as it changes: told by a stream, or else asked for once a second, until there is a stream again. */
export async function* watchSale(
  transport: Transport,
  sale: string,
  { signal }: WatchOptions,
): AsyncGenerator<Sale, void, undefined> {
  const path = `/v1/sales/${encodeURIComponent(sale)}`;
  const { world } = transport.settings;
  let seen: Sale | null = null;
  for (;;) {
    for await (const { event, data } of followEvents(transport, { path: `${path}/events`, signal }, () => false)) {
      seen = told(seen, event, JSON.parse(data) as object);
      if (seen) yield seen;
    }
    for (let polls = 0; polls < POLLS_MAX; polls += 1) {
      const view: Sale = await transport.send({ method: "GET", path, signal, asShopper: false, repeatable: true });
      if (!seen || hasChanged(view, seen)) yield view;
      seen = view;
      await world.pause(POLL_MS, signal);
    }
  }
}

/** The sale after an event; what is told of a sale that was not seen whole is nothing. */
function told(sale: Sale | null, event: string | undefined, data: object): Sale | null {
  if (event === "snapshot") return data as Sale;
  if (!sale) return null;
  return event === "stock" ? { ...sale, stock: data as Sale["stock"] } : { ...sale, ...data };
}

function hasChanged(a: Sale, b: Sale): boolean {
  return a.id !== b.id || a.phase !== b.phase || JSON.stringify(a.stock) !== JSON.stringify(b.stock);
}
