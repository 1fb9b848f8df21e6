import {
  type AuditReport,
  auditSale,
  type Clock,
  type ConfirmedSecond,
  type DeadLettersPage,
  findSale,
  type GateReader,
  type Ledger,
  type Looking,
  listDeadLetters,
  type Opening,
  PacedSource,
  type ProgressLedger,
  type QueueReader,
  type Sale,
  Watcher,
  type WatchReading,
} from "@flashgate/core";
import type { AttemptCounts, AttemptTally } from "./attempt-tally.ts";
import type { CrowdReading, DemoCrowd } from "./demo-crowd.ts";
import { Lane } from "./lane.ts";

export interface ConsoleDeskParts {
  readonly ledger: Ledger;
  readonly progress: ProgressLedger;
  readonly gate: GateReader;
  readonly opening: Pick<Opening, "isOpen">;
  readonly queue: QueueReader;
  readonly tally: AttemptTally;
  /** Null where none may be sent. */
  readonly crowd: DemoCrowd | null;
  readonly clock: Clock;
  /** By a steady clock. */
  readonly looking: Looking;
  /** Where dashboards are, if somewhere. */
  readonly grafanaUrl: string | null;
}

/** What a console shows at one moment; what could not be seen is null, and `faults` say why. */
export interface ConsoleReading {
  readonly atMs: number;
  /** Null where no sale runs or is to come. */
  readonly watched: WatchedSale | null;
  readonly sales: readonly Sale[] | null;
  readonly letters: DeadLettersPage | null;
  readonly processes: Readonly<Record<string, number>> | null;
  readonly crowd: CrowdReading | null;
  readonly grafanaUrl: string | null;
  readonly faults: readonly string[];
}

export interface WatchedSale {
  readonly reading: WatchReading;
  /** Of this process alone. */
  readonly attempts: AttemptCounts;
  readonly audited: Audited | null;
  readonly history: readonly ConfirmedSecond[] | null;
}

export interface Audited {
  readonly report: AuditReport;
  readonly atMs: number;
}

const LOOKED_AT_MAX = 8;
const SALES_MAX = 12;
const LETTERS_MAX = 20;
/** What sums up tables is looked at so often at most, and less often where it takes long: see {@link PacedSource}. */
const AUDIT_MS = 1_000;
const SELDOM_MS = 1_000;
/** Whoever looks is told soon what was seen last, and what sums up tables at once; what takes longer than this is a fault. */
const PATIENCE_MS = 10_000;
const HASTE_MS = 150;
const SUMS_HASTE_MS = 50;
/** In a rush both books do not stand still, however often they are read. */
const AUDIT_TRIES_MAX = 1;

/**
 * What operators look at, whoever and however many they are: they share its looks. Audits and counts go one after the
 * other: the connections are the shoppers'.
 */
export class ConsoleDesk {
  readonly #parts: ConsoleDeskParts;
  readonly #lane = new Lane();
  readonly #shared: ReturnType<typeof sharedSources>;
  readonly #watches = new Map<string, ReturnType<typeof watchOf>>();

  constructor(parts: ConsoleDeskParts) {
    this.#parts = { ...parts, looking: { ...parts.looking, patienceMs: PATIENCE_MS, hasteMs: HASTE_MS } };
    this.#shared = sharedSources(this.#parts);
  }

  /** Null: there is no such sale. `choice`: an id, or "current". */
  async look(choice: string): Promise<ConsoleReading | null> {
    const { clock, crowd, grafanaUrl } = this.#parts;
    const watch = await this.#watch(choice);
    if (!watch && choice !== "current") return null;
    const { sales, letters, processes } = this.#shared;
    const [watched, allSales, page, counted] = await Promise.all([
      watch?.look() ?? null,
      sales.look(""),
      letters.look(""),
      processes.look(""),
    ]);
    return {
      atMs: clock.nowMs(),
      watched,
      sales: allSales,
      letters: page,
      processes: counted,
      crowd: crowd?.reading ?? null,
      grafanaUrl,
      faults: [
        ...(watched?.reading.faults ?? []),
        ...[...(watch?.sources ?? []), sales, letters, processes].flatMap((source) => source.fault ?? []),
      ],
    };
  }

  /** Of the sales that are looked at, those that were looked at last are kept. */
  async #watch(choice: string) {
    const { ledger, clock } = this.#parts;
    const known = this.#watches.get(choice);
    this.#watches.delete(choice);
    if (!known && !(await findSale(ledger, choice, clock.nowMs()))) return null;
    const watch = known ?? watchOf(this.#parts, choice, this.#lane);
    this.#watches.set(choice, watch);
    const [oldest] = this.#watches.keys();
    if (this.#watches.size > LOOKED_AT_MAX && oldest !== undefined) this.#watches.delete(oldest);
    return watch;
  }
}

function sharedSources({ ledger, progress, looking }: ConsoleDeskParts) {
  const seldom = { ...looking, everyMs: SELDOM_MS };
  return {
    sales: new PacedSource("sales", () => ledger.list({ limit: SALES_MAX }), seldom),
    letters: new PacedSource(
      "dead letters",
      () => listDeadLetters(ledger, { saleId: null, startingAfter: null, limit: LETTERS_MAX }),
      seldom,
    ),
    processes: new PacedSource("processes", () => progress.processes(), seldom),
  };
}

function watchOf(parts: ConsoleDeskParts, choice: string, lane: Lane) {
  const { ledger, progress, gate, tally, clock, looking } = parts;
  const choose = async () => {
    const sale = await findSale(ledger, choice, clock.nowMs());
    if (!sale) throw new Error("there is no sale");
    return sale;
  };
  const sums = { ...looking, hasteMs: SUMS_HASTE_MS };
  const summing = { progress: (saleId: string) => lane.run(() => progress.progress(saleId)) };
  const watcher = new Watcher<null>({ ...parts, choose, progress: summing, ops: null, wallClock: clock });
  const audits = new PacedSource(
    "audit",
    async (saleId): Promise<Audited | null> => {
      const report = await lane.run(() => auditSale({ ledger, gate }, saleId, AUDIT_TRIES_MAX));
      return report && { report, atMs: clock.nowMs() };
    },
    { ...sums, everyMs: AUDIT_MS },
  );
  const history = new PacedSource("history", (saleId) => progress.history(saleId), {
    ...sums,
    everyMs: SELDOM_MS,
  });
  const look = async (): Promise<WatchedSale> => {
    const reading = await watcher.look();
    const { id } = reading.sale;
    const [audit, seconds] = await Promise.all([audits.look(id), history.look(id)]);
    return { reading, attempts: tally.of(id), audited: audit, history: seconds };
  };
  return { look, sources: [audits, history] };
}
