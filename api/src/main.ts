import { randomUUID } from "node:crypto";
import { SaleBoard } from "@flashgate/core";
import { createLedger, createPool, createProgressLedger } from "@flashgate/drizzle";
import {
  awaitStores,
  briefOf,
  createContestMetrics,
  createGauge,
  createHttpMetrics,
  createPoolMetrics,
  createUserHash,
  Dependency,
  drain,
  type Failpoints,
  inTime,
  openInstruments,
  RequestLog,
  readFailpoints,
  readOpsAccess,
  startOpsServer,
} from "@flashgate/monitoring";
import { BACKLOG_MAX, BullSettlementQueue, openFeed, openGate, openQueues, probe } from "@flashgate/redis";
import closeWithGrace from "close-with-grace";
import { createAccess } from "./access.ts";
import { createApp } from "./app.ts";
import { AttemptLog } from "./attempt-log.ts";
import { type ApiConfig, readConfig } from "./config.ts";
import { AttemptTally } from "./console/attempt-tally.ts";
import { DemoCrowd } from "./console/demo-crowd.ts";
import { supervisor } from "./console/supervisor.ts";
import { CartTurns } from "./contest/cart-turns.ts";
import { CodeSeal } from "./contest/code-seal.ts";
import type { ContestDesk } from "./contest/desk.ts";
import type { ServeParts } from "./dispatch.ts";
import { drainSteps } from "./drain-steps.ts";
import { followSales } from "./follow-sales.ts";
import { createIds } from "./ids.ts";
import { createOpsRoutes } from "./ops-routes.ts";
import { readBuiltPage } from "./pages/built-page.ts";
import { SaleArchive } from "./sale-archive.ts";
import { SaleEvents } from "./sale-events.ts";
import { createServer, listen } from "./server.ts";
import { SoldOutMemory } from "./sold-out-memory.ts";
import { StatusReader } from "./status-reader.ts";
import { Streams } from "./streams.ts";
import { TicketSeal } from "./ticket-seal.ts";
import { Verdicts } from "./verdicts.ts";

/** Longest time a stopping api gives the requests under way. */
const CLOSE_MS_MAX = 15_000;

/** Runs an api. Resolves once it answers requests. */
export async function startApi(env: NodeJS.ProcessEnv): Promise<void> {
  const config = readConfig(env);
  const failpoints = readFailpoints(env);
  const access = readOpsAccess(env);
  const world = await openWorld(config, env);
  const { lines, clock, registry, logger, pings } = world;
  if (failpoints) arm(failpoints, world);
  const memory = openMemory(config, world);
  const follower = await followSales({
    ...memory,
    ledger: world.ledger,
    gate: world.gate.reader,
    feed: world.events.feed,
    steadyClock: { nowMs: () => performance.now() },
    onStale: (error) => lines.boardStale(error),
  });
  const life = { stopping: false };
  const server = createServer(
    createPublicApp(config, { ...world, failpoints }, { ...memory, learn: follower.learn }, life),
  );
  const { routes, queues } = createOpsRoutes({
    ...world,
    random: () => Math.random(),
    stopping: () => life.stopping,
    board: {
      open: () => openQueues(config.REDIS_QUEUE_URL ?? config.REDIS_URL),
      writable: config.BOARD_CHANGES === "on",
      basePath: access.publicPath,
    },
    console: {
      progress: createProgressLedger(world.pool),
      tally: world.tally,
      crowd: config.DEMO_CROWD === "on" ? new DemoCrowd(supervisor) : null,
      looking: { clock: { nowMs: () => performance.now() }, inTime, faultLine: briefOf },
      grafanaUrl: config.GRAFANA_URL ?? null,
      page: readBuiltPage("console", (page) => lines.pageAbsent(page)),
    },
  });
  const ops = await startOpsServer({
    host: config.OPS_HOST,
    port: config.OPS_PORT,
    access,
    routes,
    registry,
    logger,
    checks: [
      { name: "redis", critical: true, check: pings.redis },
      { name: "postgres", critical: false, check: pings.postgres },
      { name: "queue", critical: false, check: pings.queue },
    ],
  });
  const url = await listen(server, config.HOST, config.PORT);

  closeWithGrace({ delay: CLOSE_MS_MAX, logger: false }, async ({ err }) => {
    if (err) lines.unhandledError(err);
    const steps = drainSteps({ ...world, ...memory, ops, queues, life, server, follower });
    await drain(steps, { lines, clock, boundMs: CLOSE_MS_MAX });
  });
  ops.setReady(true);
  lines.apiListening(url);
  process.send?.({ kind: "ready", service: "api", url, opsUrl: ops.url });
}

type World = Awaited<ReturnType<typeof openWorld>>;
type Memory = ReturnType<typeof openMemory>;

/** Everything outside this process that the api talks to, once it is there. */
async function openWorld(config: ApiConfig, env: NodeJS.ProcessEnv) {
  const clock = { nowMs: () => Date.now() };
  const { DATABASE_POOL: max, LOG_LEVEL: level } = config;
  const instruments = await openInstruments({ service: "api", clock, level, env });
  const { lines, registry, tracing } = instruments;
  const tally = new AttemptTally();
  const telemetry = tally.before(instruments.telemetry);
  const queueUrl = config.REDIS_QUEUE_URL ?? config.REDIS_URL;
  const pool = createPool({
    url: config.DATABASE_URL,
    max,
    applicationName: "flashgate-api",
    onError: (error) => lines.connectionLost("postgres", error),
  });
  createPoolMetrics(registry, pool, max);
  const askPostgres = async () => void (await pool.query("select 1"));
  await awaitStores(
    { postgres: askPostgres, redis: () => probe(config.REDIS_URL), queue: () => probe(queueUrl) },
    { lines, clock, boundMs: config.STARTUP_WAIT_S * 1_000 },
  );
  const gate = await openGate({
    url: config.REDIS_URL,
    name: "api",
    clock,
    backlogMax: BACKLOG_MAX,
    onUnreadable: (saleId, checkoutId) => telemetry.emit({ kind: "hold_unreadable", saleId, checkoutId }),
  });
  const events = await openFeed(config.REDIS_URL, "api");
  const queue = new BullSettlementQueue({
    url: queueUrl,
    onFault: (page, error) => lines.pageNotEnqueued(page.saleId, error),
    tracing,
  });
  await queue.whenReady();
  const pings = { redis: () => gate.ping(), postgres: askPostgres, queue: () => queue.ping() };
  const requests = new RequestLog({ lines, clock, hashUser: createUserHash(config.TICKET_SECRET) });
  const http = createHttpMetrics(registry);
  const observe: ServeParts["observe"] = (answered) => {
    http.observe(answered.route, answered.method, answered.status, answered.durationMs / 1_000);
    requests.note(answered);
  };
  const ledger = createLedger(pool);
  const recording = config.ATTEMPTS;
  return { ...instruments, telemetry, tally, clock, pool, pings, observe, ledger, gate, events, queue, recording };
}

/** What the api keeps in mind: the sale board, the verdicts it heard of, the attempts to be written. */
function openMemory(config: ApiConfig, { ledger, gate, clock, lines, registry }: World) {
  const board = new SaleBoard();
  const verdicts = new Verdicts();
  const instance = randomUUID().slice(0, 8);
  const streams = new Streams({ max: config.STREAMS_MAX, random: () => Math.random() });
  createGauge(registry, {
    name: "flashgate_sse_clients",
    help: "Streams of server-sent events that are open.",
    read: () => streams.size,
  });
  return {
    board,
    verdicts,
    instance,
    streams,
    saleEvents: new SaleEvents({ board, streams, clock, instance }),
    archive: new SaleArchive({ ledger, clock }),
    statuses: new StatusReader({ ledger, holds: gate.holds, verdicts, clock }),
    attempts:
      config.ATTEMPTS === "all" ? new AttemptLog(ledger, (count, error) => lines.attemptsDropped(count, error)) : null,
  };
}

function createPublicApp(
  config: ApiConfig,
  world: World & { readonly failpoints: Failpoints | null },
  { learn, ...memory }: Memory & Pick<ContestDesk, "learn">,
  life: { readonly stopping: boolean },
) {
  const { ledger, gate, queue, clock, telemetry, tracing, lines, observe, failpoints } = world;
  const ids = createIds();
  return createApp({
    ...memory,
    storefront: readBuiltPage("storefront", (page) => lines.pageAbsent(page)),
    ...createAccess(config, clock),
    ledger,
    orders: ledger,
    queue,
    clock,
    telemetry,
    tracing,
    admission: new SoldOutMemory({ admission: gate.admission, board: memory.board, clock }),
    holds: gate.holds,
    ids,
    seal: new TicketSeal(config.TICKET_SECRET, config.TICKET_SECRET_PREVIOUS),
    random: () => Math.random(),
    requestId: ids.requestId,
    observe: (answered) => {
      observe(answered);
      // By then it is written: answers are sent together.
      if (failpoints && answered.route.endsWith("/checkouts")) setImmediate(() => failpoints.reach("reserve.answered"));
    },
    onError: (error, requestId) => lines.requestFailed(requestId, error),
    stopping: () => life.stopping,
    ...(config.CONTEST_API === "on" ? { contest: openContest(config, world, learn) } : {}),
  });
}

function openContest(config: ApiConfig, world: World, learn: ContestDesk["learn"]): ContestDesk {
  const { ledger, lines, registry, pings, recording } = world;
  const dependency = (name: "redis" | "postgres") =>
    new Dependency({ name, critical: name === "redis", check: pings[name] }, lines);
  const [redis, database] = [dependency("redis"), dependency("postgres")];
  return {
    codes: new CodeSeal(config.TICKET_SECRET, config.TICKET_SECRET_PREVIOUS),
    turns: new CartTurns(),
    sales: ledger,
    recording,
    learn,
    isUp: { redis: () => redis.isUp(), database: () => database.isUp() },
    metrics: createContestMetrics(registry),
  };
}

function arm(failpoints: Failpoints, { lines, gate, ledger, queue }: World): void {
  lines.failpointsArmed(failpoints.names);
  failpoints.after(gate.admission, {
    reserve: (reply) => reply.kind === "held" && "reserve.held",
    purchase: (reply) => reply.kind === "submitted" && "purchase.submitted",
  });
  failpoints.after(ledger, { entomb: (reply) => reply.length > 0 && "cancel.entombed" });
  failpoints.after(queue, { enqueue: () => "reserve.enqueued" });
}
