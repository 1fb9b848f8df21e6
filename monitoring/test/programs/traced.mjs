// One span of a process that traces where its environment says so:  node traced.mjs
// Prints what was loaded of the tracing libraries, how many times spans were lost, and how long the end took.
import { createRequire } from "node:module";
import { openTracing } from "@flashgate/monitoring";

let lost = 0;
const tracing = await openTracing("worker", process.env, () => {
  lost += 1;
});
await tracing?.answering({ method: "GET", route: "/", traceparent: undefined }, async () => undefined);
const startedMs = performance.now();
await tracing?.close();
const closeMs = performance.now() - startedMs;
const loaded = Object.keys(createRequire(import.meta.url).cache);
const libraries = loaded.filter((path) => /bullmq-otel|@opentelemetry\/(?!api\/)/.test(path)).length;
console.log(JSON.stringify({ isTracing: tracing !== null, libraries, lost, closeMs }));
