import {
  auditSale,
  generatedCatalogue,
  type Page,
  recoverGate,
  SaleBoard,
  type SalePlan,
  type SettlementQueue,
  settlePage,
  type Telemetry,
} from "@flashgate/core";
import { createLedger, createPool, migrate } from "@flashgate/drizzle";
import { createTestDatabase } from "@flashgate/local/testing";
import {
  createContestMetrics,
  createHttpMetrics,
  createLogger,
  createRegistry,
  createTelemetry,
  LogLines,
} from "@flashgate/monitoring";
import { BACKLOG_MAX, openFeed, openGate } from "@flashgate/redis";
import { inject } from "vitest";
import { createApp } from "../src/app.ts";
import { BoardKeeper } from "../src/board-keeper.ts";
import { CartTurns } from "../src/contest/cart-turns.ts";
import { CodeSeal } from "../src/contest/code-seal.ts";
import { createIds } from "../src/ids.ts";
import { SaleArchive } from "../src/sale-archive.ts";
import { SaleEvents } from "../src/sale-events.ts";
import { close, createServer, listen } from "../src/server.ts";
import { StatusReader } from "../src/status-reader.ts";
import { Streams } from "../src/streams.ts";
import { TicketSeal } from "../src/ticket-seal.ts";
import { Verdicts } from "../src/verdicts.ts";
import { OPEN_ACCESS, SECRET } from "./shop.ts";

const clock = { nowMs: () => Date.now() };
const telemetry: Telemetry = { emit: () => undefined };
const ids = createIds();

/** A Postgres database and a Redis that several apis share, and the judge, who can be told to wait. */
export async function openStores() {
  const { databaseUrl, drop } = await createTestDatabase(inject("databaseUrl"));
  await migrate(databaseUrl);
  const pool = createPool({ url: databaseUrl, max: 10, applicationName: "contest-test", onError: () => undefined });
  const ledger = createLedger(pool);
  const gate = await openGate({ url: inject("redisUrl"), name: "contest", clock, backlogMax: BACKLOG_MAX });
  const judge = new Judge((page) => settlePage({ ledger, holds: gate.holds, clock, telemetry }, page));
  const apis: Api[] = [];

  const recover = async (saleId: string) => {
    const sale = await ledger.find(saleId);
    await recoverGate({ ledger, opening: gate.opening, clock, telemetry }, saleId, sale?.epoch ?? 0);
    for (const api of apis) await api.keeper.learn(saleId);
  };
  const schedule = async (over: Partial<SalePlan> & { items?: number; stock?: number } = {}) => {
    const { items = 30, stock = 1, ...plan } = over;
    const id = plan.id ?? ids.saleId();
    const opensAtMs = clock.nowMs() - 1_000;
    const window = { opensAtMs, closesAtMs: opensAtMs + 600_000, settleUntilMs: opensAtMs + 900_000, limitPerUser: 10 };
    const catalogue = generatedCatalogue(id, items).map((entry) => ({ ...entry, stock }));
    await ledger.schedule({ id, ...window, ...plan }, catalogue);
    for (const api of apis) await api.keeper.learn(id);
    return id;
  };
  return {
    databaseUrl,
    pool,
    ledger,
    gate,
    judge,
    recover,
    schedule,
    /** Its gate is open. The latest to open is the one that the contest API sells from. */
    openSale: async (over: Parameters<typeof schedule>[0] = {}) => {
      const id = await schedule(over);
      await recover(id);
      return id;
    },
    openApi: async () => {
      const api = await openApi(ledger, judge);
      apis.push(api);
      return api;
    },
    audit: (saleId: string) => auditSale({ ledger, gate: gate.reader }, saleId),
    stop: async () => {
      for (const api of apis) await api.stop();
      await judge.idle();
      gate.close();
      await pool.end();
      await drop();
    },
  };
}

/** Judges what is submitted behind the answer, unless it was told to wait. */
class Judge implements SettlementQueue {
  readonly #settle: (page: Page) => Promise<unknown>;
  readonly #waiting: Page[] = [];
  #waits = false;
  #judging: Promise<unknown> = Promise.resolve();

  constructor(settle: (page: Page) => Promise<unknown>) {
    this.#settle = settle;
  }

  /** Checkouts that wait to be judged. */
  get waiting(): number {
    return this.#waiting.length;
  }

  wait(): void {
    this.#waits = true;
  }

  goOn(): void {
    this.#waits = false;
    for (const page of this.#waiting.splice(0)) this.#judge(page);
  }

  submit(saleId: string, epoch: number, checkoutId: string): void {
    const page = { saleId, epoch, checkoutIds: [checkoutId] };
    if (this.#waits) this.#waiting.push(page);
    else this.#judge(page);
  }

  async enqueue(page: Page): Promise<void> {
    this.#judge(page);
  }

  async idle(): Promise<void> {
    await this.#judging;
  }

  #judge(page: Page): void {
    const judged = this.#settle(page);
    this.#judging = Promise.all([this.#judging, judged]);
  }
}

type Api = Awaited<ReturnType<typeof openApi>>;

/** One api process's worth: a board, connections and memory of its own. */
async function openApi(ledger: ReturnType<typeof createLedger>, queue: SettlementQueue) {
  const gate = await openGate({ url: inject("redisUrl"), name: "contest-api", clock, backlogMax: BACKLOG_MAX });
  const { feed, close: closeFeed } = await openFeed(inject("redisUrl"), "contest-api");
  const board = new SaleBoard();
  const keeper = new BoardKeeper({ board, ledger, gate: gate.reader });
  const verdicts = new Verdicts();
  const errors: unknown[] = [];
  const up = { database: true, redis: true };
  const registry = createRegistry({ service: "api" });
  const http = createHttpMetrics(registry);
  const lines = new LogLines(createLogger({ service: "api", level: "silent" }));
  const unsubscribe = await feed.subscribe(
    (event) => {
      if (event.kind === "settled") for (const judged of event.judged) verdicts.note(judged);
      // The feed is every test's: the sales of other databases are none of ours.
      void keeper.follow(event).catch((error) => errors.push(error));
    },
    () => undefined,
  );
  await keeper.resync({ missed: false });
  const { admission, holds } = gate;
  const streams = new Streams({ max: 1, random: () => 0 });
  const app = createApp({
    ...OPEN_ACCESS,
    admission,
    holds,
    ledger,
    orders: ledger,
    archive: new SaleArchive({ ledger, clock }),
    streams,
    saleEvents: new SaleEvents({ board, streams, clock, instance: "test" }),
    queue,
    clock,
    telemetry: createTelemetry({ service: "api", registry, lines, clock }),
    board,
    verdicts,
    ids,
    statuses: new StatusReader({ ledger, holds, verdicts, clock }),
    attempts: null,
    seal: new TicketSeal(SECRET),
    instance: "test",
    random: () => 0,
    requestId: ids.requestId,
    observe: ({ route, method, status, durationMs }) => http.observe(route, method, status, durationMs / 1_000),
    onError: (error) => errors.push(error),
    stopping: () => false,
    contest: {
      codes: new CodeSeal(SECRET),
      turns: new CartTurns(),
      sales: ledger,
      recording: "all",
      learn: (saleId) => keeper.learn(saleId),
      isUp: { database: async () => up.database, redis: async () => up.redis },
      metrics: createContestMetrics(registry),
    },
  });
  const server = createServer(app);
  const url = await listen(server, "127.0.0.1", 0);
  const stop = async () => {
    await close(server);
    unsubscribe();
    closeFeed();
    gate.close();
  };
  return { url, admission, board, keeper, verdicts, errors, up, stop };
}
