import { Browser } from "./browser.ts";
import type { Ending } from "./plain-process.ts";
import { type Rush, rush, verify } from "./rush.ts";
import { ShopClient } from "./shop-client.ts";
import type { Topology } from "./topology.ts";

export interface RehearsalOptions {
  readonly root: string;
  /** Units on sale; more than the crowd can buy, so that it is there to the end. */
  readonly items: number;
  readonly buyers: number;
  readonly rate: number;
  readonly seconds: number;
  /** How long the one long poll is held back: at most the api's 30 s. */
  readonly waitS: number;
}

/** What was tried, and what came of it; milliseconds as the names say. */
export interface Rehearsal {
  readonly ok: boolean;
  readonly faults: readonly string[];
  readonly ran: readonly string[];
  readonly leftOut: readonly string[];
  /** Over TLS and HTTP/2: from the opening of the stream, and from a checkout, to the event. */
  readonly streamOpenedMs: number | null;
  readonly streamEventMs: number | null;
  readonly longPollMs: number;
  readonly load: Rush["load"];
  readonly restarts: readonly Ending[];
  /** Requests that nginx gave to the other api because the first failed. */
  readonly handedOn: number;
  readonly endings: readonly Ending[];
}

/** An event is on its way at once, stock four times a second at most; the rest is for a machine that has other things to do. */
const EVENT_MS_MAX = 2_000;
const POLL_SLACK_MS = 2_000;

/** Tries what a deployment promises on a running one, then stops it. */
export async function rehearse(topology: Topology, options: RehearsalOptions): Promise<Rehearsal> {
  const client = new ShopClient(topology);
  const saleId = await client.putOnSale(options.items);
  // what was refused while the gate was not open yet is no failure
  const openedAt = topology.logOf("nginx").length;
  const stream = await followSale(topology, client, saleId);
  const poll = await pollLong(client, saleId, options.waitS);
  const { load, restarts } = await rush(topology, { ...options, saleId });
  const audit = await verify(topology, options.root, saleId);
  const noted = notedBy(topology.logOf("nginx").slice(openedAt));
  const endings = await topology.end();
  const faults = [
    ...stream.faults,
    ...poll.faults,
    ...loadFaults({ load, restarts }),
    ...audit,
    ...failedFaults(noted.failed),
    ...[...restarts, ...endings].flatMap(endingFaults),
  ];
  return {
    ok: faults.length === 0,
    faults,
    ran: topology.names.running,
    leftOut: topology.names.leftOut,
    streamOpenedMs: stream.openedMs,
    streamEventMs: stream.eventMs,
    longPollMs: poll.tookMs,
    load,
    restarts,
    handedOn: noted.handedOn,
    endings,
  };
}

async function followSale(topology: Topology, client: ShopClient, saleId: string) {
  const browser = await Browser.open(topology.plans.door("nginx", "https"), topology.secret("tls_certificate"));
  try {
    const stream = browser.follow(`/v1/sales/${saleId}/events`);
    const openedMs = await stream.next("snapshot");
    const event = stream.next("stock");
    const { status } = await client.checkout(saleId, "streamed", "purchase", "once");
    const eventMs = await event;
    const late = [openedMs, eventMs].some((tookMs) => tookMs === null || tookMs > EVENT_MS_MAX);
    const faults = [
      ...(status === 202 ? [] : [`a checkout beside a stream was answered ${status}`]),
      ...(late ? [`a stream through nginx is late: snapshot ${openedMs} ms, stock ${eventMs} ms`] : []),
    ];
    stream.close();
    return { openedMs, eventMs, faults };
  } finally {
    browser.close();
  }
}

/** A cart has no verdict, so its status is held back for the whole time. */
async function pollLong(client: ShopClient, saleId: string, waitS: number) {
  const cart = await client.checkout(saleId, "patient", "cart", "once");
  const ticket = cart.body.ticket ?? "";
  const { status, body, tookMs } = await client.status(ticket, waitS);
  const cancelled = await client.cancel(ticket, "patient");
  const held = tookMs >= waitS * 1_000 - 50 && tookMs <= waitS * 1_000 + POLL_SLACK_MS;
  const faults = [
    ...(held && status === 200 && body.status === "reserved"
      ? []
      : [`a long poll of ${waitS} s was answered ${status} ${body.status} after ${tookMs} ms`]),
    ...(cancelled.status === 200 ? [] : [`a cart's cancelling was answered ${cancelled.status}`]),
  ];
  return { tookMs, faults };
}

function loadFaults({ load, restarts }: Rush): string[] {
  const restarted = new Set(restarts.map(({ name }) => name));
  const failed = [...Object.entries(load.retries), ...Object.entries(load.refusals)];
  return [
    ...load.faults,
    ...failed.map(([what, times]) => `${times} requests of the crowd were answered ${what}`),
    ...(load.gave_up > 0 ? [`${load.gave_up} shoppers gave up`] : []),
    ...["api-1", "api-2"].flatMap((name) => (restarted.has(name) ? [] : [`${name} was not restarted under the crowd`])),
  ];
}

function endingFaults({ name, tookMs, graceMs, how }: Ending): string[] {
  if (/exit code 0$/.test(how) && tookMs < graceMs) return [];
  return [`${name} was stopped: ${how} after ${Math.round(tookMs)} ms of ${graceMs}`];
}

function failedFaults(failed: readonly string[]): string[] {
  if (failed.length === 0) return [];
  return [`nginx answered ${failed.length} requests with a failure, first of all: ${failed[0]}`];
}

/** What nginx wrote down: what failed, and what it had to ask twice. */
function notedBy(log: string): { readonly failed: readonly string[]; readonly handedOn: number } {
  const lines = log.split("\n").filter((line) => line.startsWith("{"));
  const failed = lines.filter((line) => JSON.parse(line).status >= 500);
  return { failed, handedOn: lines.length - failed.length };
}
