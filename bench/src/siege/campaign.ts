import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { AuditReport } from "@flashgate/core";
import type { Fleet } from "../fleet/fleet.ts";
import { until } from "../fleet/until.ts";
import type { Absence, Battlefield } from "./battlefield.ts";
import { wage } from "./chaos.ts";
import type { CrowdCounts } from "./crowd/counts.ts";
import { Crowd } from "./crowd/crowd.ts";
import { Dice } from "./crowd/dice.ts";
import type { SettleReport } from "./crowd/settling.ts";
import { FaultLog, type FaultRecord } from "./fault-log.ts";
import { type Destruction, HistoryWriter, readHistory, type SiegeSale } from "./history.ts";
import type { Plan } from "./plan.ts";
import { type Reopening, Reopenings } from "./reopening.ts";
import { auditAll } from "./sale-audits.ts";
import { SaleCalendar } from "./sale-calendar.ts";
import type { Stores } from "./stores.ts";

export interface SiegeOptions {
  readonly minutes: number;
  readonly kills: number;
  readonly seed: number;
  readonly shoppers: number;
  /** Holds all data, logs and the history. */
  readonly folder: string;
  readonly secret: string;
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  readonly onMoment: (moment: Moment) => void;
}

/** What a siege looks like at one moment. */
export interface Moment {
  readonly phase: "starting" | "siege" | "settling" | "closing" | "auditing";
  readonly elapsedMs: number;
  readonly faults: number;
  readonly counts: CrowdCounts | null;
}

/** What came of it, but for the judgement of its history. */
export interface SiegeRun {
  /** Versions. */
  readonly stores: { readonly redis: string; readonly postgres: string };
  readonly durationMs: number;
  readonly historyFile: string;
  readonly databaseUrl: string;
  readonly sales: readonly SiegeSale[];
  readonly faults: readonly FaultRecord[];
  readonly counts: ReadonlyMap<string, number>;
  readonly destroyed: readonly Destruction[];
  readonly reopenings: readonly Reopening[];
  readonly absences: readonly Absence[];
  readonly crowd: CrowdCounts;
  /** Checkout requests that found nobody listening: they tried nothing. */
  readonly unsent: number;
  readonly settled: SettleReport;
  readonly audits: readonly AuditReport[];
  /** Stores that ended though nobody had asked for it, and how processes ended otherwise than by our signals. */
  readonly storeDeaths: readonly string[];
  readonly exits: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

const LONG_MINUTES = 10;
const READY_MS_MAX = 60_000;
const SETTLE_MS_MAX = 120_000;
const SELL_OUT_MS_MAX = 30_000;
const CLOSED_MS_MAX = 180_000;
/** Of each sale, with 25 units on average: some sales sell out. */
const ITEMS = 800;
const MOMENT_MS = 1_000;

/** One siege on a fleet that is up: opens sales, lets crowd and faults loose, heals, and waits until all is settled. */
export class Campaign {
  readonly #options: SiegeOptions;
  readonly #fleet: Fleet;
  readonly #stores: Stores;
  readonly #storeDeaths: readonly string[];
  readonly #historyFile: string;
  readonly #history: HistoryWriter;
  readonly #log: FaultLog;
  readonly #calendar: SaleCalendar;
  readonly #crowd: Crowd;
  readonly #field: Battlefield;
  #phase: Moment["phase"] = "starting";

  constructor(options: SiegeOptions, fleet: Fleet, stores: Stores, storeDeaths: readonly string[]) {
    this.#options = options;
    this.#fleet = fleet;
    this.#stores = stores;
    this.#storeDeaths = storeDeaths;
    this.#historyFile = join(options.folder, "history.jsonl");
    this.#history = new HistoryWriter(this.#historyFile);
    const nowMs = () => this.#history.nowMs();
    this.#log = new FaultLog(nowMs);
    this.#calendar = calendarOf(options, stores, nowMs);
    this.#crowd = new Crowd({
      apiUrls: () => fleet.apiUrls,
      sales: () => this.#calendar.running(500),
      history: this.#history,
      seed: options.seed,
      shoppers: options.shoppers,
    });
    const shared = { stores, calendar: this.#calendar, log: this.#log };
    this.#field = {
      ...shared,
      fleet,
      history: this.#history,
      reopenings: new Reopenings({ ...shared, nowMs }),
      dice: new Dice(options.seed + 1),
      copyFolder: join(options.folder, "redis-copy"),
      acknowledged: () => this.#crowd.counts().acknowledged,
      absences: [],
    };
  }

  async run(plan: Plan): Promise<SiegeRun> {
    const startedMs = this.#history.nowMs();
    const moments = setInterval(() => this.#tell(startedMs), MOMENT_MS);
    try {
      await this.#ready();
      this.#phase = "siege";
      this.#crowd.start();
      await wage(plan, this.#field, this.#options.signal);
      await this.#fill(startedMs);
      await this.#crowd.stop();
      const settled = await this.#healAndSettle();
      this.#phase = "closing";
      await this.#closed();
      await this.#history.close();
      this.#phase = "auditing";
      return await this.#facts(startedMs, settled);
    } finally {
      clearInterval(moments);
      await this.#calendar.stop();
      await this.#crowd.stop().catch(() => undefined);
      await this.#crowd.close();
    }
  }

  /** All processes are up and the first sale sells. */
  async #ready(): Promise<void> {
    const { signal } = this.#options;
    const ready = () => this.#fleet.slots.every(({ process }) => process.isReady);
    if (!(await until(ready, READY_MS_MAX, { signal }))) throw new Error("not every process got ready: see the logs");
    this.#calendar.start();
    const open = () => this.#calendar.running().length > 0;
    if (!(await until(open, READY_MS_MAX, { signal }))) throw new Error("no sale could be scheduled");
  }

  /** A plan that is through early leaves the rest of the time to the crowd. */
  async #fill(startedMs: number): Promise<void> {
    const leftMs = startedMs + this.#options.minutes * 60_000 - this.#history.nowMs();
    if (leftMs > 0) await delay(leftMs, undefined, { signal: this.#options.signal });
  }

  async #healAndSettle(): Promise<SettleReport> {
    this.#phase = "settling";
    await this.#calendar.stop();
    await this.#fleet.heal();
    const ready = () => this.#fleet.slots.every(({ process }) => process.isReady);
    await until(ready, READY_MS_MAX);
    const healedAtMs = this.#history.nowMs();
    await this.#crowd.sellOut(healedAtMs + SELL_OUT_MS_MAX);
    return this.#crowd.settle(healedAtMs + SETTLE_MS_MAX, healedAtMs);
  }

  /** Every sale of the siege is sealed, and its gate holds nothing. */
  async #closed(): Promise<void> {
    const own = new Set(this.#calendar.all().map(({ id }) => id));
    const all = async () => {
      const left = (await this.#stores.unsealed()).filter(({ id }) => own.has(id));
      return left.length === 0;
    };
    await until(all, CLOSED_MS_MAX, { everyMs: 500, signal: this.#options.signal });
    const drained = async () => (await this.#stores.units([...own])).held === 0;
    await until(drained, READY_MS_MAX, { everyMs: 500, signal: this.#options.signal });
  }

  async #facts(startedMs: number, settled: SettleReport): Promise<SiegeRun> {
    const { destroyed, unsent } = await recall(this.#historyFile);
    const audits = await auditAll(this.#stores, destroyed);
    const { active, postgres, slots } = this.#fleet;
    return {
      stores: { redis: active.recipe.version, postgres: postgres.recipe.version },
      durationMs: this.#history.nowMs() - startedMs,
      historyFile: this.#historyFile,
      databaseUrl: postgres.url,
      sales: this.#calendar.all(),
      faults: this.#log.records,
      counts: this.#log.counts(),
      destroyed,
      reopenings: this.#field.reopenings.measured,
      absences: this.#field.absences,
      crowd: this.#crowd.counts(),
      unsent,
      settled,
      audits,
      storeDeaths: this.#storeDeaths,
      exits: Object.fromEntries(slots.map(({ name, process }) => [name, Object.fromEntries(process.exits)])),
    };
  }

  #tell(startedMs: number): void {
    this.#options.onMoment({
      phase: this.#phase,
      elapsedMs: this.#history.nowMs() - startedMs,
      faults: this.#log.records.length,
      counts: this.#crowd.counts(),
    });
  }
}

function calendarOf({ minutes, seed }: SiegeOptions, { ledger }: Stores, nowMs: () => number): SaleCalendar {
  const long = minutes >= LONG_MINUTES;
  return new SaleCalendar({
    ledger,
    nowMs,
    seed: seed + 2,
    everyMs: long ? 40_000 : 35_000,
    windowMs: long ? 70_000 : 50_000,
    graceMs: long ? 75_000 : 40_000,
    items: ITEMS,
    plannedEndMs: nowMs() + minutes * 60_000,
  });
}

/** What was destroyed, and how many checkout requests found nobody listening. */
async function recall(historyFile: string): Promise<{ destroyed: Destruction[]; unsent: number }> {
  const destroyed: Destruction[] = [];
  const reserving = new Set<number>();
  let unsent = 0;
  for await (const entry of readHistory(historyFile)) {
    if (entry.kind === "destroyed") destroyed.push(entry.destruction);
    else if (entry.kind === "invoke" && entry.call === "reserve") reserving.add(entry.op);
    else if (entry.kind === "ok" || entry.kind === "info" || entry.kind === "fail") {
      if (reserving.delete(entry.op) && entry.kind === "fail" && entry.code === "unsent") unsent += 1;
    }
  }
  return { destroyed, unsent };
}
