import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-node";
import { expect, it } from "vitest";
import { WordlessSpans } from "../src/wordless-spans.ts";

const PROGRAM = fileURLToPath(new URL("./programs/traced.mjs", import.meta.url));
const run = promisify(execFile);

/** What a process of its own made of the environment. */
async function traced(env: NodeJS.ProcessEnv): Promise<unknown> {
  const { stdout } = await run(process.execPath, [PROGRAM], { env: { PATH: process.env["PATH"], ...env } });
  return JSON.parse(stdout);
}

const ENDPOINT = "http://127.0.0.1:1";

it.each([
  ["where nothing is set", {}],
  ["where it is disabled", { OTEL_SDK_DISABLED: "true", OTEL_EXPORTER_OTLP_ENDPOINT: ENDPOINT }],
  ["where no exporter is wanted", { OTEL_TRACES_EXPORTER: "none", OTEL_EXPORTER_OTLP_ENDPOINT: ENDPOINT }],
])("does not even load its libraries %s", async (_, env) => {
  expect(await traced(env)).toMatchObject({ isTracing: false, libraries: 0 });
});

it.each([
  ["an endpoint is set", { OTEL_EXPORTER_OTLP_ENDPOINT: ENDPOINT }],
  ["an endpoint for traces is", { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${ENDPOINT}/v1/traces` }],
  ["the exporter is named", { OTEL_TRACES_EXPORTER: "otlp", OTEL_EXPORTER_OTLP_ENDPOINT: ENDPOINT }],
])("traces where %s, tells of spans that nobody took, and ends in time", async (_, env) => {
  const told = await traced({ ...env, OTEL_EXPORTER_OTLP_TIMEOUT: "500" });
  expect(told).toEqual({ isTracing: true, libraries: expect.any(Number), lost: 1, closeMs: expect.any(Number) });
  const { libraries, closeMs } = told as { libraries: number; closeMs: number };
  expect(libraries).toBeGreaterThan(0);
  expect(closeMs).toBeLessThan(4_000);
});

it("refuses a protocol that it does not speak", async () => {
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: ENDPOINT, OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" };
  await expect(traced(env)).rejects.toThrow(/grpc is not spoken here/);
});

it("keeps what an error says, which may name a user, out of spans", async () => {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new WordlessSpans(new SimpleSpanProcessor(exporter))] });
  const span = provider.getTracer("test").startSpan("process");
  span.recordException(new TypeError("duplicate key (user_id)=(zebra)"));
  span.addEvent("job failed", { "bullmq.job.id": "7", "bullmq.job.failed.reason": "zebra" });
  span.end();
  await provider.forceFlush();
  const events = exporter.getFinishedSpans()[0]?.events.map(({ name, attributes }) => [name, attributes]);
  expect(events).toEqual([
    ["exception", { "exception.type": "TypeError" }],
    ["job failed", { "bullmq.job.id": "7" }],
  ]);
});
