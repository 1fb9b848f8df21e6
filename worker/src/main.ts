import type { Clock, SettleParts } from "@flashgate/core";
import { createLedger, createPool } from "@flashgate/drizzle";
import {
  awaitStores,
  createGauge,
  createPoolMetrics,
  drain,
  type Failpoints,
  type Instruments,
  type LogLines,
  openInstruments,
  readFailpoints,
  readOpsAccess,
  startOpsServer,
} from "@flashgate/monitoring";
import { BACKLOG_MAX, BullQueueReader, BullSettlementConsumer, openGate, probe } from "@flashgate/redis";
import closeWithGrace from "close-with-grace";
import { readConfig, type WorkerConfig } from "./config.ts";
import { runPageJob } from "./page-job.ts";
import { PageRounds } from "./page-rounds.ts";
import { QueueWatch } from "./queue-watch.ts";
import { silenceOf } from "./silence.ts";

/** Longest time a stopping worker gives the pages under way. */
const CLOSE_MS_MAX = 15_000;
/** Pages taken off the queue for each round that may be under way: so many may be in the next one. */
const PAGES_A_ROUND = 4;
/** When a stopping worker takes Redis to be gone. */
const SILENCE = { everyMs: 250, silentMs: 3_000 };
/** Between two looks at the queue, and how long it may stand still. */
const LOOK_MS = 5_000;
const STUCK_MS = 30_000;

/** Runs a worker: takes page jobs and settles them. Resolves once it is consuming. */
export async function startWorker(env: NodeJS.ProcessEnv): Promise<void> {
  const config = readConfig(env);
  const failpoints = readFailpoints(env);
  const access = readOpsAccess(env);
  const clock = { nowMs: () => Date.now() };
  const { LOG_LEVEL: level } = config;
  const instruments = await openInstruments({ service: "worker", clock, level, env });
  const { lines, registry, logger, tracing } = instruments;

  const stores = await openStores(config, instruments, clock, failpoints);
  const { pool, gate, queue, checks } = stores;
  const parts = { ledger: createLedger(pool), holds: gate.holds, clock, telemetry: instruments.telemetry };
  if (failpoints) arm(failpoints, parts, lines);
  const rounds = new PageRounds((page) => runPageJob(parts, page), config.PAGE_CONCURRENCY);
  const consumer = new BullSettlementConsumer({
    url: config.REDIS_QUEUE_URL ?? config.REDIS_URL,
    concurrency: config.PAGE_CONCURRENCY * PAGES_A_ROUND,
    settle: (page) => rounds.settle(page),
    onFault: (error) => lines.pageFailed(error),
    tracing,
  });
  const { OPS_HOST: host, OPS_PORT: port } = config;
  const ops = await startOpsServer({ host, port, access, registry, logger, checks });
  await consumer.start();
  const watch = watchQueue(queue, consumer, instruments);

  closeWithGrace({ delay: CLOSE_MS_MAX, logger: false }, async ({ err }) => {
    if (err) lines.unhandledError(err);
    clearInterval(watch);
    await drain(
      [
        { name: "unready", run: () => ops.setReady(false) },
        // A consumer whose Redis is gone would wait for it; what it has under way is committed or rolled back, and swept later.
        {
          name: "pages",
          run: () => Promise.race([consumer.close(), silenceOf(() => gate.ping(), { clock, ...SILENCE })]),
        },
        { name: "queue", run: () => queue.close() },
        { name: "gate", run: () => gate.close() },
        { name: "ledger", run: () => pool.end() },
        { name: "traces", run: () => tracing?.close() },
        { name: "ops", run: () => ops.close() },
      ],
      { lines, clock, boundMs: CLOSE_MS_MAX },
    );
  });
  ops.setReady(true);
  process.send?.({ kind: "ready", service: "worker", opsUrl: ops.url });
}

/** Waits for Postgres and Redis and connects to them. */
async function openStores(
  config: WorkerConfig,
  { lines, registry, telemetry }: Instruments,
  clock: Clock,
  failpoints: Failpoints | null,
) {
  const queueUrl = config.REDIS_QUEUE_URL ?? config.REDIS_URL;
  const pool = createPool({
    url: config.DATABASE_URL,
    max: config.DATABASE_POOL,
    applicationName: "flashgate-worker",
    onError: (error) => lines.connectionLost("postgres", error),
  });
  failpoints?.beforeCommit(pool, "settle.uncommitted");
  createPoolMetrics(registry, pool, config.DATABASE_POOL);
  const askPostgres = async () => void (await pool.query("select 1"));
  await awaitStores(
    { postgres: askPostgres, redis: () => probe(config.REDIS_URL), queue: () => probe(queueUrl) },
    { lines, clock, boundMs: config.STARTUP_WAIT_S * 1_000 },
  );
  const gate = await openGate({
    url: config.REDIS_URL,
    name: "worker",
    clock,
    backlogMax: BACKLOG_MAX,
    onUnreadable: (saleId, checkoutId) => telemetry.emit({ kind: "hold_unreadable", saleId, checkoutId }),
  });
  const queue = new BullQueueReader(queueUrl, "worker");
  await queue.whenReady();
  const checks = [
    { name: "postgres", critical: true, check: askPostgres },
    { name: "redis", critical: true, check: () => gate.ping() },
    { name: "queue", critical: true, check: () => queue.ping() },
  ];
  return { pool, gate, queue, checks };
}

/** Ends the process where the queue does not move: its supervisor starts another. */
function watchQueue(
  queue: BullQueueReader,
  consumer: BullSettlementConsumer,
  { lines, registry }: Instruments,
): NodeJS.Timeout {
  const watch = new QueueWatch({
    queue,
    finished: () => consumer.finished,
    everyMs: LOOK_MS,
    stuckMs: STUCK_MS,
    onStuck: (quietMs, waiting) => void lines.queueStuck(quietMs, waiting).finally(() => process.exit(1)),
  });
  createGauge(registry, {
    name: "flashgate_queue_quiet_seconds",
    help: "How long jobs have waited without this worker finishing one; 0 while it moves.",
    read: () => watch.quietMs / 1_000,
  });
  return setInterval(() => void watch.look(), LOOK_MS);
}

function arm(failpoints: Failpoints, parts: SettleParts, lines: LogLines): void {
  lines.failpointsArmed(failpoints.names);
  failpoints.after(parts.ledger, {
    settleAll: (reply) => reply !== "contested" && "settle.committed",
    settleOne: (reply) => reply.kind === "judged" && "settle.committed",
  });
  failpoints.after(parts.holds, { finalise: () => "settle.finalised" });
}
