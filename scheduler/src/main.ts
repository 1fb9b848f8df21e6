import { createLedger, createPool } from "@flashgate/drizzle";
import {
  createGauge,
  createLogger,
  createRegistry,
  createTelemetry,
  type Failpoints,
  LogLines,
  readFailpoints,
  readOpsAccess,
  startOpsServer,
} from "@flashgate/monitoring";
import { BullSettlementQueue, openGate } from "@flashgate/redis";
import closeWithGrace from "close-with-grace";
import { Beat } from "./beat.ts";
import { readConfig } from "./config.ts";
import { createDuties, type SchedulerParts } from "./duties.ts";
import { LetterCount } from "./letter-count.ts";

/** Longest time a stopping scheduler gives the duties under way. */
const CLOSE_MS_MAX = 15_000;

/** Runs a scheduler: rotates, recovers, sweeps and closes sales. Resolves once its beats go. */
export async function startScheduler(env: NodeJS.ProcessEnv): Promise<void> {
  const config = readConfig(env);
  const failpoints = readFailpoints(env);
  const access = readOpsAccess(env);
  const clock = { nowMs: () => Date.now() };
  const logger = createLogger({ service: "scheduler", level: config.LOG_LEVEL });
  const lines = new LogLines(logger);
  const registry = createRegistry({ service: "scheduler" });
  const telemetry = createTelemetry({ registry, logger });

  const pool = createPool({
    url: config.DATABASE_URL,
    max: config.DATABASE_POOL,
    applicationName: "flashgate-scheduler",
    onError: (error) => lines.connectionLost("postgres", error),
  });
  const gate = await openGate({
    url: config.REDIS_URL,
    name: "scheduler",
    clock,
    backlogMax: config.BACKLOG_MAX,
    onUnreadable: (saleId, checkoutId) => telemetry.emit({ kind: "hold_unreadable", saleId, checkoutId }),
  });
  const queue = new BullSettlementQueue({
    url: config.REDIS_QUEUE_URL ?? config.REDIS_URL,
    onFault: (page, error) => lines.pageNotEnqueued(page.saleId, error),
  });
  await queue.whenReady();
  const { holds, opening } = gate;
  const ledger = createLedger(pool);
  const parts = { ledger, holds, opening, queue, clock, telemetry, attempts: config.ATTEMPTS };
  if (failpoints) arm(failpoints, parts, lines);
  const duties = createDuties(parts, { rotation: config.ROTATION === "on" });
  const letters = new LetterCount(parts.ledger);
  createGauge(registry, {
    name: "flashgate_dead_letters",
    help: "Checkouts that cannot be judged and wait for an operator; every scheduler counts all of them.",
    read: () => letters.last,
  });
  const beats = [...duties, letters].map((duty) => new Beat(duty, (name, error) => lines.dutyFailed(name, error)));
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
  for (const beat of beats) beat.start();

  closeWithGrace({ delay: CLOSE_MS_MAX, logger: false }, async ({ err }) => {
    if (err) lines.unhandledError(err);
    ops.setReady(false);
    await Promise.all(beats.map((beat) => beat.stop()));
    await queue.close();
    gate.close();
    await Promise.all([pool.end(), ops.close()]);
  });
  ops.setReady(true);
  process.send?.({ kind: "ready", service: "scheduler", opsUrl: ops.url });
}

function arm(failpoints: Failpoints, { ledger, opening, holds, queue }: SchedulerParts, lines: LogLines): void {
  lines.failpointsArmed(failpoints.names);
  failpoints.after(ledger, {
    schedule: (reply) => reply === "scheduled" && "rotate.scheduled",
    beginRecovery: (reply) => reply.kind === "begun" && "recover.begun",
    adopt: (reply) => reply !== "superseded" && "recover.adopted",
    entomb: (reply) => reply.length > 0 && "sweep.entombed",
    close: (reply) => reply === "closed" && "close.sealed",
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
