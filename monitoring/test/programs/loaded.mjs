// Prints which of the tracing libraries a process has loaded that does not trace.
import { createRequire } from "node:module";
import { openInstruments } from "@flashgate/monitoring";

const clock = { nowMs: () => 0 };
const { tracing } = await openInstruments({ service: "api", clock, level: "silent", tracesEndpoint: undefined });
const loaded = Object.keys(createRequire(import.meta.url).cache);
const libraries = loaded.filter((path) => /bullmq|opentelemetry.(?:sdk|exporter|resources|otlp)/.test(path));
console.log(JSON.stringify({ tracing, libraries }));
process.exit();
