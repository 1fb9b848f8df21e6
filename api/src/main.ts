import { randomUUID } from "node:crypto";
import { SaleBoard } from "@flashgate/core";
import { createLedger, createPool } from "@flashgate/drizzle";
import {
  createContestMetrics,
  createGauge,
  createHttpMetrics,
  createLogger,
  createRegistry,
  createTelemetry,
  Dependency,
  type Failpoints,
  LogLines,
  readFailpoints,
  readOpsAccess,
  startOpsServer,
} from "@flashgate/monitoring";
import { BACKLOG_MAX, BullSettlementQueue, openFeed, openGate } from "@flashgate/redis";
import closeWithGrace from "close-with-grace";
import { createAccess } from "./access.ts";
import { createAdminRoutes } from "./admin/admin-app.ts";
import { createApp } from "./app.ts";
import { AttemptLog } from "./attempt-log.ts";
import { type ApiConfig, readConfig } from "./config.ts";
import { CartTurns } from "./contest/cart-turns.ts";
import { CodeSeal } from "./contest/code-seal.ts";
import type { ContestDesk } from "./contest/desk.ts";
import { followSales } from "./follow-sales.ts";
import { createIds } from "./ids.ts";
import { SaleArchive } from "./sale-archive.ts";
import { SaleEvents } from "./sale-events.ts";
import { close, createServer, emptied, listen } from "./server.ts";
import { StatusReader } from "./status-reader.ts";
import { Streams } from "./streams.ts";
import { TicketSeal } from "./ticket-seal.ts";
import { Verdicts } from "./verdicts.ts";

/** Longest time a stopping api gives the requests under way. */
const CLOSE_MS_MAX = 15_000;
/** Of it, how long it goes on serving whoever still comes, so that balancers and kept connections can leave first. */
const LEAVE_MS_MAX = 1_000;

/** Runs an api. Resolves once it answers requests. */
export async function startApi(env: NodeJS.ProcessEnv): Promise<void> {
  const config = readConfig(env);
  const failpoints = readFailpoints(env);
  const access = readOpsAccess(env);
  const world = await openWorld(config);
  if (failpoints) arm(failpoints, world);
  const memory = openMemory(config, world);
  const follower = await followSales({
    ...memory,
    ledger: world.ledger,
    gate: world.gate.reader,
    feed: world.events.feed,
    onStale: (error) => world.lines.boardStale(error),
  });
  const life = { stopping: false };
  const server = createServer(
    createPublicApp(config, { ...world, failpoints }, { ...memory, learn: follower.learn }, life),
  );
  const ops = await startOpsServer({
    host: config.OPS_HOST,
    port: config.OPS_PORT,
    access,
    routes: createAdminSurface(world, life),
    registry: world.registry,
    logger: world.logger,
    checks: [
      { name: "redis", critical: true, check: world.pings.redis },
      { name: "postgres", critical: false, check: world.pings.postgres },
    ],
  });
  const url = await listen(server, config.HOST, config.PORT);

  closeWithGrace({ delay: CLOSE_MS_MAX, logger: false }, async ({ err }) => {
    if (err) world.lines.unhandledError(err);
    life.stopping = true;
    ops.setReady(false);
    memory.streams.close();
    memory.verdicts.close();
    await emptied(server, LEAVE_MS_MAX);
    await close(server);
    await follower.stop();
    await closeWorld(world);
    await ops.close();
  });
  ops.setReady(true);
  world.lines.apiListening(url);
  process.send?.({ kind: "ready", service: "api", url, opsUrl: ops.url });
}

type World = Awaited<ReturnType<typeof openWorld>>;
type Memory = ReturnType<typeof openMemory>;

/** Everything outside this process that the api talks to. */
async function openWorld(config: ApiConfig) {
  const clock = { nowMs: () => Date.now() };
  const logger = createLogger({ service: "api", level: config.LOG_LEVEL });
  const lines = new LogLines(logger);
  const registry = createRegistry({ service: "api" });
  const telemetry = createTelemetry({ registry, logger });
  const http = createHttpMetrics(registry);
  const pool = createPool({
    url: config.DATABASE_URL,
    max: config.DATABASE_POOL,
    applicationName: "flashgate-api",
    onError: (error) => lines.connectionLost("postgres", error),
  });
  const gate = await openGate({
    url: config.REDIS_URL,
    name: "api",
    clock,
    backlogMax: BACKLOG_MAX,
    onUnreadable: (saleId, checkoutId) => telemetry.emit({ kind: "hold_unreadable", saleId, checkoutId }),
  });
  const events = await openFeed(config.REDIS_URL, "api");
  const queue = new BullSettlementQueue({
    url: config.REDIS_QUEUE_URL ?? config.REDIS_URL,
    onFault: (page, error) => lines.pageNotEnqueued(page.saleId, error),
  });
  await queue.whenReady();
  const pings = { redis: () => gate.ping(), postgres: async () => void (await pool.query("select 1")) };
  const ledger = createLedger(pool);
  const recording = config.ATTEMPTS;
  return { clock, logger, lines, registry, telemetry, http, pool, pings, ledger, gate, events, queue, recording };
}

async function closeWorld({ queue, events, gate, pool }: World): Promise<void> {
  await queue.close();
  events.close();
  gate.close();
  await pool.end();
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
  const { ledger, gate, queue, clock, telemetry, lines, failpoints } = world;
  const { http } = world;
  const ids = createIds();
  return createApp({
    ...memory,
    ...createAccess(config, clock),
    ledger,
    orders: ledger,
    queue,
    clock,
    telemetry,
    admission: gate.admission,
    holds: gate.holds,
    ids,
    seal: new TicketSeal(config.TICKET_SECRET, config.TICKET_SECRET_PREVIOUS),
    random: () => Math.random(),
    requestId: ids.requestId,
    observe: (route, method, statusCode, seconds) => {
      http.observe(route, method, statusCode, seconds);
      if (route.endsWith("/checkouts")) failpoints?.reach("reserve.answered");
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

/** Who holds the ops token has been let in already, by no browser's page, and is not counted. */
const OPEN_TO_HOLDERS = { allowances: { user: null, address: null }, corsOrigins: new Set<string>(), tlsOnly: false };

/** What operators are served on the ops port. */
function createAdminSurface(
  { ledger, gate, queue, clock, telemetry, lines, http, recording }: World,
  life: { readonly stopping: boolean },
) {
  const ids = createIds();
  return createAdminRoutes({
    ...OPEN_TO_HOLDERS,
    recording,
    ledger,
    queue,
    clock,
    telemetry,
    ids,
    holds: gate.holds,
    opening: gate.opening,
    gate: gate.reader,
    onChange: (change) => lines.opsChanged(change),
    random: () => Math.random(),
    requestId: ids.requestId,
    observe: http.observe,
    onError: (error, requestId) => lines.requestFailed(requestId, error),
    stopping: () => life.stopping,
  });
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
