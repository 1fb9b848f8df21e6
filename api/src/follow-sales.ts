import type { Clock, SaleFeed } from "@flashgate/core";
import type { AttemptLog } from "./attempt-log.ts";
import { BoardKeeper, type BoardParts } from "./board-keeper.ts";
import { beatPaced } from "./paced-beat.ts";
import type { SaleEvents } from "./sale-events.ts";
import type { StatusReader } from "./status-reader.ts";
import type { Streams } from "./streams.ts";
import type { Verdicts } from "./verdicts.ts";

export interface FollowerParts extends BoardParts {
  readonly feed: SaleFeed;
  readonly verdicts: Verdicts;
  readonly statuses: StatusReader;
  readonly saleEvents: SaleEvents;
  readonly streams: Streams;
  readonly steadyClock: Clock;
  /** Null where refused attempts are not recorded. */
  readonly attempts: AttemptLog | null;
  /** The board could not be brought up to date. */
  readonly onStale: (error: unknown) => void;
}

/** How often the board is read again, whatever the events said. */
const RESYNC_MS = 2_000;
const ATTEMPTS_MS = 500;
/** How often those who wait for a verdict are looked up, whatever the events said. */
const LOOK_AGAIN_MS = 3_000;
/**
 * How close events of a sale may follow one another: close enough that what is shown is a quarter of a second behind at
 * most while a crowd keeps the process busy, and less close where thousands follow and telling all of them takes long.
 */
const SALE_EVENTS = { pauseMs: 100, shareMax: 0.2 } as const;
const STREAM_BEAT_MS = 1_000;

/** Keeps what a process has in mind of sales and verdicts fresh, until stopped. Resolves once the board is loaded. */
export async function followSales(parts: FollowerParts) {
  const { feed, verdicts, statuses, saleEvents, streams, steadyClock, attempts, onStale } = parts;
  const keeper = new BoardKeeper(parts);
  const resync = (missed: boolean) => keeper.resync({ missed }).catch(onStale);
  // The board's next resync says that the ledger is away.
  const lookAgain = () => statuses.lookAgain().catch(() => undefined);
  const unsubscribe = await feed.subscribe(
    (event) => {
      if (event.kind === "settled") for (const judged of event.judged) verdicts.note(judged);
      keeper.follow(event).catch(onStale);
    },
    () => {
      void lookAgain();
      void resync(true);
    },
  );
  await keeper.resync({ missed: false });
  const beats = [
    setInterval(resync, RESYNC_MS, false),
    setInterval(lookAgain, LOOK_AGAIN_MS),
    setInterval(() => streams.beat(), STREAM_BEAT_MS),
    setInterval(() => void attempts?.flush(), ATTEMPTS_MS),
  ];
  const stopTelling = beatPaced(() => saleEvents.tick(), SALE_EVENTS, steadyClock);
  const stop = async () => {
    stopTelling();
    for (const beat of beats) clearInterval(beat);
    unsubscribe();
    await attempts?.flush();
  };
  return { stop, learn: (saleId: string) => keeper.learn(saleId) };
}
