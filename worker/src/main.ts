import type { SettleParts } from "@flashgate/core";
import { createLedger, createPool } from "@flashgate/drizzle";
import {
  createLogger,
  createRegistry,
  createTelemetry,
  type Failpoints,
  LogLines,
  readFailpoints,
  readOpsAccess,
  startOpsServer,
} from "@flashgate/monitoring";
import { BACKLOG_MAX, BullSettlementConsumer, openGate } from "@flashgate/redis";
import closeWithGrace from "close-with-grace";
import { readConfig } from "./config.ts";
import { runPageJob } from "./page-job.ts";
import { silenceOf } from "./silence.ts";

/** Longest time a stopping worker gives the pages under way. */
const CLOSE_MS_MAX = 15_000;
/** When a stopping worker takes Redis to be gone. */
const SILENCE = { everyMs: 250, silentMs: 3_000 };

/** Runs a worker: takes page jobs and settles them. Resolves once it is consuming. */
export async function startWorker(env: NodeJS.ProcessEnv): Promise<void> {
  const config = readConfig(env);
  const failpoints = readFailpoints(env);
  const access = readOpsAccess(env);
  const clock = { nowMs: () => Date.now() };
  const logger = createLogger({ service: "worker", level: config.LOG_LEVEL });
  const lines = new LogLines(logger);
  const registry = createRegistry({ service: "worker" });
  const telemetry = createTelemetry({ registry, logger });

  const pool = createPool({
    url: config.DATABASE_URL,
    max: config.DATABASE_POOL,
    applicationName: "flashgate-worker",
    onError: (error) => lines.connectionLost("postgres", error),
  });
  const gate = await openGate({
    url: config.REDIS_URL,
    name: "worker",
    clock,
    backlogMax: BACKLOG_MAX,
    onUnreadable: (saleId, checkoutId) => telemetry.emit({ kind: "hold_unreadable", saleId, checkoutId }),
  });
  const parts = { ledger: createLedger(pool), holds: gate.holds, clock, telemetry };
  if (failpoints) arm(failpoints, pool, parts, lines);
  const consumer = new BullSettlementConsumer({
    url: config.REDIS_QUEUE_URL ?? config.REDIS_URL,
    concurrency: config.PAGE_CONCURRENCY,
    settle: (page) => runPageJob(parts, page),
    onFault: (error) => lines.pageFailed(error),
  });
  const ops = await startOpsServer({
    host: config.OPS_HOST,
    port: config.OPS_PORT,
    access,
    registry,
    logger,
    checks: [
      { name: "postgres", critical: true, check: async () => void (await pool.query("select 1")) },
      { name: "redis", critical: true, check: () => gate.ping() },
    ],
  });
  await consumer.start();

  closeWithGrace({ delay: CLOSE_MS_MAX, logger: false }, async ({ err }) => {
    if (err) lines.unhandledError(err);
    ops.setReady(false);
    // A consumer whose Redis is gone would wait for it; what it has under way is committed or rolled back, and swept later.
    await Promise.race([consumer.close(), silenceOf(() => gate.ping(), { clock, ...SILENCE })]);
    gate.close();
    await Promise.all([pool.end(), ops.close()]);
  });
  ops.setReady(true);
  process.send?.({ kind: "ready", service: "worker", opsUrl: ops.url });
}

function arm(failpoints: Failpoints, pool: ReturnType<typeof createPool>, parts: SettleParts, lines: LogLines): void {
  lines.failpointsArmed(failpoints.names);
  failpoints.beforeCommit(pool, "settle.uncommitted");
  failpoints.after(parts.ledger, {
    settleAll: (reply) => reply !== "contested" && "settle.committed",
    settleOne: (reply) => reply.kind === "judged" && "settle.committed",
  });
  failpoints.after(parts.holds, { finalise: () => "settle.finalised" });
}
