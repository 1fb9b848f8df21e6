import { setTimeout as pause } from "node:timers/promises";
import { ATTEMPT_RECORDINGS, type AttemptRecording } from "@flashgate/core";
import { type Shop, sumOf, type Usage, usedBetween } from "../deployment/shop.ts";
import type { Figure, Reading, Row, Settings } from "../figures/figure.ts";
import { FrontDoor } from "../siege/crowd/front-door.ts";
import { ratioRow, runsRow } from "./ratio.ts";
import { Disturbed, sendShoppers } from "./shoppers.ts";

/** An api writes what it has noted of refusals every half second; this is past it, for every setting alike. */
const RECORDED_MS = 1_500;
const TRIES_MAX = 4;
const ACCEPTED = 202;
const SOLD_OUT = 409;

export const attempts: Figure = {
  name: "attempts",
  about: "what keeping attempts costs: sales of --items that keep none, the accepted or all, and refuse as many",
  measure: (settings, shops) => shops.with(settings, (shop) => measure(shop, settings)),
};

/** What a request cost, and how many were done a second. */
interface Cost {
  readonly perSecond: number;
  readonly cpuMs: number;
  readonly logBytes: number;
}

/** One sale: checkouts until they were settled, refusals until they were recorded. */
interface Measurement {
  readonly checkouts: Cost;
  readonly refusals: Cost;
  readonly faults: readonly string[];
}

type Measured = Readonly<Record<AttemptRecording, readonly Measurement[]>>;

async function measure(shop: Shop, settings: Settings): Promise<Reading> {
  const door = new FrontDoor();
  const measured: Record<AttemptRecording, Measurement[]> = { all: [], accepted: [], off: [] };
  try {
    // Caches, connections and compiled code: a first sale pays for them that does not count.
    await undisturbed(() => measureSale(shop, door, settings, "all"));
    for (let round = 1; round <= settings.pairs; round += 1) {
      for (const kept of orderOf(round)) {
        measured[kept].push(await undisturbed(() => measureSale(shop, door, settings, kept)));
      }
    }
  } finally {
    await door.close();
  }
  return {
    rows: [...rowsOf("checkouts", measured), ...rowsOf("refusals", measured)],
    faults: ATTEMPT_RECORDINGS.flatMap((kept) => measured[kept].flatMap(({ faults }) => faults)),
    ...shop.stage.versions,
  };
}

/** The three settings in the order of a round: each is first in turn, so that none always has the colder machine. */
export function orderOf(round: number): readonly AttemptRecording[] {
  const first = round % ATTEMPT_RECORDINGS.length;
  return [...ATTEMPT_RECORDINGS.slice(first), ...ATTEMPT_RECORDINGS.slice(0, first)];
}

/** A machine that has other things to do may be too slow for a while; one that always is cannot be measured on. */
async function undisturbed(measureOnce: () => Promise<Measurement>): Promise<Measurement> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await measureOnce();
    } catch (error) {
      if (!(error instanceof Disturbed) || tries === TRIES_MAX) throw error;
    }
  }
}

async function measureSale(
  shop: Shop,
  door: FrontDoor,
  { items, connections }: Settings,
  kept: AttemptRecording,
): Promise<Measurement> {
  const saleId = await shop.openSale({ items, attempts: kept });
  const errands = { url: shop.stage.url, saleId, connections, count: items };
  const faults: string[] = [];
  const checkouts = await costOf(shop, items, async (startedAtMs) => {
    await sendShoppers(door, { ...errands, crowd: "buyer", wanted: ACCEPTED });
    const drained = await shop.drained(saleId);
    faults.push(...drained.faults);
    return { tookMs: drained.lastAtMs - startedAtMs, usage: drained.usage };
  });
  const refusals = await costOf(shop, items, async (startedAtMs) => {
    await sendShoppers(door, { ...errands, crowd: "late", wanted: SOLD_OUT });
    const tookMs = (await shop.nowMs()) - startedAtMs;
    await pause(RECORDED_MS);
    return { tookMs, usage: shop.usage() };
  });
  const found = await attemptsOf(shop, saleId);
  const wanted = { accepted: kept === "off" ? 0 : items, refused: kept === "all" ? items : 0 };
  if (found.accepted !== wanted.accepted || found.refused !== wanted.refused) {
    faults.push(`a sale that keeps ${kept} has ${JSON.stringify(found)}, not ${JSON.stringify(wanted)}`);
  }
  return { checkouts, refusals, faults };
}

/** How long the work took, and what had been used when it was done. */
interface Done {
  readonly tookMs: number;
  readonly usage: Usage;
}

/** What the work cost; it is told when it begins, by the database's clock. */
async function costOf(shop: Shop, requests: number, work: (startedAtMs: number) => Promise<Done>): Promise<Cost> {
  const [log, before] = [await logBytes(shop), shop.usage()];
  const { tookMs, usage } = await work(await shop.nowMs());
  return {
    perSecond: (requests * 1_000) / tookMs,
    cpuMs: sumOf(usedBetween(before, usage)) / requests,
    logBytes: ((await logBytes(shop)) - log) / requests,
  };
}

function rowsOf(part: "checkouts" | "refusals", measured: Measured): Row[] {
  const each = (kept: AttemptRecording, read: (cost: Cost) => number) => measured[kept].map((sale) => read(sale[part]));
  const settings = ATTEMPT_RECORDINGS.toReversed();
  return settings.flatMap((kept) => {
    const what = `${part} of a sale that keeps ${kept === "off" ? "no attempts" : kept}`;
    const beside = (read: (cost: Cost) => number) => [each(kept, read), each("off", read)] as const;
    return [
      runsRow(
        what,
        "/s",
        each(kept, ({ perSecond }) => perSecond),
      ),
      runsRow(
        `${what}, processor time`,
        "ms each",
        each(kept, ({ cpuMs }) => cpuMs),
      ),
      runsRow(
        `${what}, Postgres's log`,
        "bytes each",
        each(kept, ({ logBytes: bytes }) => bytes),
      ),
      ...(kept === "off"
        ? []
        : [
            ratioRow(`${what}: rate, to one that keeps none`, ...beside(({ perSecond }) => perSecond)),
            ratioRow(`${what}: processor time, to one that keeps none`, ...beside(({ cpuMs }) => cpuMs)),
          ]),
    ];
  });
}

async function logBytes({ pool }: Shop): Promise<number> {
  const { rows } = await pool.query<{ bytes: number }>(
    "select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::float8 as bytes",
  );
  return rows[0]?.bytes ?? Number.NaN;
}

/** Attempts that the ledger has of a sale's shoppers; who looked whether it sells is none of them. */
async function attemptsOf({ pool }: Shop, saleId: string) {
  const { rows } = await pool.query<{ accepted: number; refused: number }>(
    `select count(checkout_id)::int as accepted, (count(*) - count(checkout_id))::int as refused
     from flashgate.checkout_attempts where sale_id = $1 and outcome <> 'unknown_item'`,
    [saleId],
  );
  return rows[0] ?? { accepted: 0, refused: 0 };
}
