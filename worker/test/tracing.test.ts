import { execFileSync } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { createLogger, openTracing } from "@flashgate/monitoring";
import { BullSettlementConsumer, BullSettlementQueue } from "@flashgate/redis";
import { startTestServices, type TestRedis } from "@flashgate/local/testing";
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";

const LOADED = fileURLToPath(new URL("../../monitoring/test/programs/loaded.mjs", import.meta.url));

let redis: TestRedis;
beforeAll(async () => {
  redis = await startTestServices({ redisOnly: true });
});
afterAll(() => redis?.stop());

interface Span {
  readonly name: string;
  readonly traceId: string;
  readonly parentSpanId?: string;
}

/** A collector that takes OTLP over HTTP, as JSON, and keeps what it is sent. */
async function openCollector() {
  const spans: (Span & { readonly service: string })[] = [];
  const paths = new Set<string>();
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    paths.add(`${request.method} ${request.url}`);
    for (const { resource, scopeSpans } of JSON.parse(body).resourceSpans) {
      const service = resource.attributes.find(({ key }: { key: string }) => key === "service.name").value.stringValue;
      for (const { spans: sent } of scopeSpans) for (const span of sent) spans.push({ ...span, service });
    }
    response.writeHead(200, { "content-type": "application/json" }).end("{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, spans, paths };
}

it("follows a page from the queue to its worker, in one trace that the worker's lines name", async () => {
  const collector = await openCollector();
  const tracing = await openTracing("worker", `${collector.url}/`);
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  const logger = createLogger({ service: "worker", level: "info", destination, traceId: tracing.traceId });
  const options = { url: redis.redisUrl, tracing: tracing.queue, onFault: () => undefined };
  const queue = new BullSettlementQueue(options);
  await queue.whenReady();
  const settle = async () => {
    logger.info("settling");
    return "done" as const;
  };
  const consumer = new BullSettlementConsumer({ ...options, concurrency: 1, settle });
  await consumer.start();
  await queue.enqueue({ saleId: "s", epoch: 1, checkoutIds: ["c"] });
  await expect.poll(() => lines.length, { timeout: 10_000 }).toBe(1);
  logger.info("outside");
  await consumer.close();
  await queue.close();
  await tracing.close();

  const [enqueued] = collector.spans.filter(({ name }) => name.startsWith("add "));
  const [processed] = collector.spans.filter(({ name }) => name.startsWith("process "));
  expect(collector.paths).toEqual(new Set(["POST /v1/traces"]));
  expect([enqueued?.service, processed?.service]).toEqual(["flashgate-worker", "flashgate-worker"]);
  expect(processed?.traceId).toBe(enqueued?.traceId);
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({ msg: "settling", trace_id: enqueued?.traceId });
  expect(JSON.parse(lines[1] ?? "")).not.toHaveProperty("trace_id");
  expect(JSON.stringify(collector.spans)).not.toContain('"checkoutIds"');
});

it("is not even loaded where nobody wants it", () => {
  const printed = execFileSync(process.execPath, [LOADED], { encoding: "utf8" });
  expect(JSON.parse(printed)).toEqual({ tracing: null, libraries: [] });
});
