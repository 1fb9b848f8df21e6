/**
 * Every Redis key and channel, in one place. The sale's id is the hash tag of each of its keys, so that one sale is one
 * slot: its scripts run on one node, and sales spread over a cluster. `meta` outlives openings; the rest is per epoch.
 */
const PREFIX = "flashgate";

export interface GateKeys {
  readonly meta: string;
  readonly totals: string;
  readonly stock: string;
  readonly pool: string;
  readonly holds: string;
  readonly due: string;
  readonly buyers: string;
  readonly keys: string;
}

/** Keys of one opening of a sale's gate. */
export function gateKeys(saleId: string, epoch: number): GateKeys {
  const key = (name: string) => `${PREFIX}:{${saleId}}:${epoch}:${name}`;
  return {
    meta: metaKey(saleId),
    totals: key("totals"),
    stock: key("stock"),
    pool: key("pool"),
    holds: key("holds"),
    due: key("due"),
    buyers: key("buyers"),
    keys: key("keys"),
  };
}

export function metaKey(saleId: string): string {
  return `${PREFIX}:{${saleId}}:meta`;
}

/** Where an installation is put together before it is renamed into place. */
export function stagedKey(key: string): string {
  return `${key}:staged`;
}

/** Pub/sub channel of {@link SaleEvent}s, of all sales. */
export const EVENTS_CHANNEL = `${PREFIX}:events`;

/** BullMQ's own prefix and the name of the one queue of page jobs. */
export const QUEUE_PREFIX = "{flashgate-settlement}";
export const QUEUE_NAME = "pages";

/** What the keys of all gates, and of the queue, look like to Redis's access rules. */
export const GATE_KEYS = `${PREFIX}:{*`;
export const QUEUE_KEYS = `${QUEUE_PREFIX}:*`;
