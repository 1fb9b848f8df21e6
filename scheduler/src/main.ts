import type { Clock, RemovalLedger } from "@flashgate/core";
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
import { BullQueueReader, BullSettlementQueue, openGate, probe } from "@flashgate/redis";
import closeWithGrace from "close-with-grace";
import { Beat } from "./beat.ts";
import { readConfig, type SchedulerConfig } from "./config.ts";
import { createDuties, type SchedulerParts } from "./duties.ts";
import { LetterCount } from "./letter-count.ts";
import { createObservations } from "./observation.ts";
import { Retention } from "./retention.ts";

/** Longest time a stopping scheduler gives the duties under way. */
const CLOSE_MS_MAX = 15_000;

/** Runs a scheduler: rotates, recovers, sweeps and closes sales, and watches them. Resolves once its beats go. */
export async function startScheduler(env: NodeJS.ProcessEnv): Promise<void> {
  const config = readConfig(env);
  const failpoints = readFailpoints(env);
  const access = readOpsAccess(env);
  const clock = { nowMs: () => Date.now() };
  const { LOG_LEVEL: level } = config;
  const instruments = await openInstruments({ service: "scheduler", clock, level, env });
  const { lines, registry, logger, telemetry, tracing } = instruments;

  const { pool, gate, queue, depths, checks } = await openStores(config, instruments, clock);
  const { holds, opening } = gate;
  const ledger = createLedger(pool);
  const parts = { ledger, holds, opening, queue, clock, telemetry, attempts: config.ATTEMPTS };
  if (failpoints) arm(failpoints, parts, lines);
  const options = { rotation: config.ROTATION === "on" };
  const letters = new LetterCount(ledger);
  createGauge(registry, {
    name: "flashgate_dead_letters",
    help: "Checkouts that cannot be judged and wait for an operator; every scheduler counts all of them.",
    read: () => letters.last,
  });
  const observations = createObservations({ ...parts, gate: gate.reader, queue: depths }, options);
  const { RETENTION_DAYS: days } = config;
  const retention = days === undefined ? [] : [new Retention(parts, days)];
  const duties = [...createDuties(parts, options), ...observations, letters, ...retention];
  const steady = { nowMs: () => performance.now() };
  const beats = duties.map((duty) => new Beat(duty, (name, error) => lines.dutyFailed(name, error), steady));
  const { OPS_HOST: host, OPS_PORT: port } = config;
  const ops = await startOpsServer({ host, port, access, registry, logger, checks });
  for (const beat of beats) beat.start();

  closeWithGrace({ delay: CLOSE_MS_MAX, logger: false }, async ({ err }) => {
    if (err) lines.unhandledError(err);
    await drain(
      [
        { name: "unready", run: () => ops.setReady(false) },
        { name: "duties", run: () => Promise.all(beats.map((beat) => beat.stop())) },
        { name: "queue", run: () => Promise.all([queue.close(), depths.close()]) },
        { name: "gate", run: () => gate.close() },
        { name: "ledger", run: () => pool.end() },
        { name: "traces", run: () => tracing?.close() },
        { name: "ops", run: () => ops.close() },
      ],
      { lines, clock, boundMs: CLOSE_MS_MAX },
    );
  });
  ops.setReady(true);
  process.send?.({ kind: "ready", service: "scheduler", opsUrl: ops.url });
}

/** Waits for Postgres and Redis and connects to them. */
async function openStores(config: SchedulerConfig, { lines, registry, telemetry, tracing }: Instruments, clock: Clock) {
  const queueUrl = config.REDIS_QUEUE_URL ?? config.REDIS_URL;
  const pool = createPool({
    url: config.DATABASE_URL,
    max: config.DATABASE_POOL,
    applicationName: "flashgate-scheduler",
    onError: (error) => lines.connectionLost("postgres", error),
  });
  createPoolMetrics(registry, pool, config.DATABASE_POOL);
  const askPostgres = async () => void (await pool.query("select 1"));
  await awaitStores(
    { postgres: askPostgres, redis: () => probe(config.REDIS_URL), queue: () => probe(queueUrl) },
    { lines, clock, boundMs: config.STARTUP_WAIT_S * 1_000 },
  );
  const gate = await openGate({
    url: config.REDIS_URL,
    name: "scheduler",
    clock,
    backlogMax: config.BACKLOG_MAX,
    onUnreadable: (saleId, checkoutId) => telemetry.emit({ kind: "hold_unreadable", saleId, checkoutId }),
  });
  const queue = new BullSettlementQueue({
    url: queueUrl,
    onFault: (page, error) => lines.pageNotEnqueued(page.saleId, error),
    tracing,
  });
  const depths = new BullQueueReader(queueUrl, "scheduler");
  await Promise.all([queue.whenReady(), depths.whenReady()]);
  const checks = [
    { name: "postgres", critical: true, check: askPostgres },
    { name: "redis", critical: true, check: () => gate.ping() },
    { name: "queue", critical: false, check: () => queue.ping() },
  ];
  return { pool, gate, queue, depths, checks };
}

function arm(
  failpoints: Failpoints,
  { ledger, opening, holds, queue }: SchedulerParts & { ledger: RemovalLedger },
  lines: LogLines,
): void {
  lines.failpointsArmed(failpoints.names);
  failpoints.after(ledger, {
    schedule: (reply) => reply === "scheduled" && "rotate.scheduled",
    beginRecovery: (reply) => reply.kind === "begun" && "recover.begun",
    adopt: (reply) => reply !== "superseded" && "recover.adopted",
    entomb: (reply) => reply.length > 0 && "sweep.entombed",
    close: (reply) => reply === "closed" && "close.sealed",
    beginRemoval: (reply) => reply && "retain.begun",
    removeRows: (reply) => reply !== null && reply.rows > 0 && "retain.removed",
  });
  failpoints.after(opening, {
    shut: (reply) => reply !== "superseded" && "recover.shut",
    install: (reply) => reply === "installed" && "recover.installed",
    retire: (reply) => reply === "retired" && "close.retired",
  });
  failpoints.after(holds, {
    lapse: (reply) => reply !== "gate_shut" && reply.length > 0 && "sweep.claimed",
    finalise: (reply) => reply === "done" && "sweep.finalised",
  });
  failpoints.after(queue, { enqueue: () => "sweep.paged" });
}
