import { setTimeout as pause } from "node:timers/promises";
import { Stage } from "../deployment/stage.ts";
import { Counter, type Seen } from "./counter.ts";
import type { Figure, Reading, Row, Settings } from "./figure.ts";
import { MemoryGauge } from "./memory-gauge.ts";
import { atRate, eachOf } from "./pace.ts";
import { spreadOf } from "./spread.ts";
import { StreamCrowd } from "./stream-crowd.ts";
import { eventsOf, verdictTold } from "./told-verdict.ts";

/** What is promised of an api with so many streams open: its memory, and what a verdict takes to get out on one more. */
const MB_BELOW = 300;
const LAG_MS_BELOW = 100;
/** Streams on which verdicts are told come and go beside the idle ones. */
const STREAMS_BESIDE = 500;
const VERDICTS_MAX = 400;
const RATE_PER_S_MAX = 20;
const CARTS_AT_ONCE = 64;

/** Where the idle streams lead, before a verdict: the paths of as many as are asked for. */
type Paths = (stage: Stage, counter: Counter, count: number) => Promise<readonly string[]>;

export const saleStreams = streamsOf("streams", "of a sale in which nothing happens", async (stage, _, count) => {
  const saleId = await stage.newSale(100);
  return Array.from({ length: count }, () => `/v1/sales/${saleId}/events`);
});

export const ticketStreams = streamsOf("ticket-streams", "of as many carts", async (_, counter, count) => {
  const paths: string[] = [];
  await eachOf(count, CARTS_AT_ONCE, async (index) => {
    paths.push(eventsOf(await counter.reserve(`idle-${index}`, "cart")));
  });
  return paths;
});

function streamsOf(name: string, leading: string, pathsOf: Paths): Figure {
  return {
    name,
    about: `idle server-sent events, ${leading}: the memory of an api that shows this hour's sale and the next two, and commit to verdict`,
    measure: (settings) => measure(settings, pathsOf),
  };
}

async function measure(settings: Settings, pathsOf: Paths): Promise<Reading> {
  const { streams, idleS, restS } = settings;
  const stage = await Stage.set({ STREAMS_MAX: `${streams + STREAMS_BESIDE}` });
  const gauge = new MemoryGauge(stage.pidOf("api"));
  const crowd = new StreamCrowd();
  try {
    const counter = new Counter(stage.url, await stage.newSale(streams + VERDICTS_MAX));
    try {
      await pause(restS * 1_000);
      const before = gauge.since().least;
      const paths = await pathsOf(stage, counter, streams);
      await crowd.open(stage.url, paths);
      const opening = gauge.since().most;
      await pause(idleS * 1_000);
      const idle = gauge.since();
      const seen = await verdictsTold(stage.url, counter, settings);
      const telling = gauge.since().most;
      const { ended } = crowd;
      await crowd.leave();
      await pause(restS * 1_000);
      const after = gauge.since().least;
      const most = Math.max(opening, idle.most, telling);
      return {
        rows: [
          memoryOf(`the api with ${streams} streams`, { before, opening, idle: idle.most, telling, after, most }),
          lagOf(`a verdict on one stream more, ${streams} open`, seen),
        ],
        faults: [
          ...seen.filter(({ status }) => status !== "confirmed").map(({ status }) => `a checkout ended ${status}`),
          ...(ended > 0 ? [`${ended} streams ended by themselves`] : []),
        ],
        ...stage.versions,
      };
    } finally {
      await counter.close();
    }
  } finally {
    await crowd.leave();
    gauge.stop();
    await stage.strike();
  }
}

function memoryOf(what: string, values: Row["values"]): Row {
  return { what, unit: "MB", values, bound: { of: "most", below: MB_BELOW } };
}

function lagOf(what: string, seen: readonly Seen[]): Row {
  const spread = spreadOf(seen.map(({ seenAtMs, decidedAtMs }) => seenAtMs - decidedAtMs));
  return { what, unit: "ms", values: { ...spread }, bound: { of: "p99", below: LAG_MS_BELOW } };
}

function verdictsTold(url: string, counter: Counter, { verdicts, ratePerS }: Settings): Promise<Seen[]> {
  const rate = Math.min(ratePerS, RATE_PER_S_MAX);
  return atRate(Math.min(verdicts, VERDICTS_MAX), rate, (index) => verdictTold(url, counter, `told-${index}`));
}
