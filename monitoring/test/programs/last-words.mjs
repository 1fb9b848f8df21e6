// A process that says a few things and ends at once.
import { createLogger, drain, LogLines } from "@flashgate/monitoring";

const lines = new LogLines(createLogger({ service: "worker", level: "info" }));
await drain([{ name: "queue", run: () => Promise.reject(new Error("redis is away")) }], {
  lines,
  clock: { nowMs: () => Date.now() },
  boundMs: 15_000,
});
process.exit(0);
