import type { Command } from "commander";

/** Each process, the package that is it, and what it is for. */
const PROCESSES = [
  {
    name: "api",
    summary: "run one api process",
    text: "Takes checkouts over HTTP: validates, reserves at the gate, answers 202 with a ticket. Ready when /readyz on its ops port says so.",
    variables:
      "DATABASE_URL, REDIS_URL, TICKET_SECRET (≥ 32 bytes), HOST=127.0.0.1, PORT=3000,\n  AUTH=trusted|jwt, JWT_SECRET or JWT_JWKS_URL, RATE_LIMIT_USER, RATE_LIMIT_ADDRESS, TRUST_PROXY, CORS_ORIGINS",
    start: async () => (await import("@flashgate/api")).startApi,
  },
  {
    name: "worker",
    summary: "run one worker process",
    text: "Takes pages of checkouts off the queue and settles each in one Postgres transaction. Run as many as you like.",
    variables: "DATABASE_URL, REDIS_URL, DATABASE_POOL, PAGE_CONCURRENCY",
    start: async () => (await import("@flashgate/worker")).startWorker,
  },
  {
    name: "scheduler",
    summary: "run one scheduler process",
    text: "Prepares the hourly sales, opens and recovers gates, sweeps holds, closes sales, removes those past their retention. Several may run: the ledger decides who acts.",
    variables: "DATABASE_URL, REDIS_URL, ROTATION=on|off, RETENTION_DAYS",
    start: async () => (await import("@flashgate/scheduler")).startScheduler,
  },
] as const;

/** `flashgate api | worker | scheduler`: one process in the foreground, configured by its environment. */
export function addProcesses(program: Command): void {
  for (const { name, summary, text, variables, start } of PROCESSES) {
    program
      .command(name)
      .summary(summary)
      .description(text)
      .addHelpText(
        "after",
        `\nEnvironment: ${variables},\n  OPS_HOST=127.0.0.1, OPS_PORT (any free one), OPS_TOKEN (≥ 32 bytes), LOG_LEVEL=info, STARTUP_WAIT_S=60\n\nLogs JSON lines to standard output. SIGTERM drains and ends it within 15 s.\n\nExample:\n  DATABASE_URL=postgres://… REDIS_URL=redis://… flashgate ${name}`,
      )
      .action(async () => {
        stopWithParent();
        await (await start())(process.env);
      });
  }
}

/** How long a process whose supervisor is gone may drain: private databases went with it, so that there is no one to drain to. */
const ORPHAN_MS_MAX = 5_000;

/** A forked process does not outlive the supervisor that would start it again, however that one ended. */
export function stopWithParent(): void {
  if (!process.send) return;
  process.on("disconnect", () => {
    process.kill(process.pid, "SIGTERM");
    setTimeout(() => process.exit(1), ORPHAN_MS_MAX).unref();
  });
  process.channel?.unref();
}
