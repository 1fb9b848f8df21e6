import { afterAll, beforeAll, expect, it } from "vitest";
import { openCollector, type SentSpan } from "./collector.ts";
import { checkout, Instance, verdictOf } from "./instance.ts";
import { logLines } from "./observed.ts";

const instance = new Instance();
let collector: Awaited<ReturnType<typeof openCollector>>;
let sale: string;
beforeAll(async () => {
  collector = await openCollector();
  await instance.up([], {
    ROTATION: "off",
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_BSP_SCHEDULE_DELAY: "100",
  });
  sale = await instance.newSale("--items", "20", "--limit", "3");
}, 120_000);
afterAll(async () => {
  await instance.dispose();
  collector?.close();
});

const CLIENT_SPAN = "00f067aa0ba902b7";
const traceIdOf = (nth: number) => String(nth).padStart(32, "a");
const shoppers = [1, 2, 3];

/** Spans of one trace, of one name and service. */
function spansOf(traceId: string, name: string, service: string): SentSpan[] {
  return collector.spans.filter((span) => span.traceId === traceId && span.name === name && span.service === service);
}

it("goes on with each shopper's trace from the request through the page's job into the worker", async () => {
  const bought = await Promise.all(
    shoppers.map((nth) => {
      const headers = { traceparent: `00-${traceIdOf(nth)}-${CLIENT_SPAN}-01`, baggage: "user=zebra-baggage" };
      return checkout(instance.url, sale, `zebra-${nth}`, { any: 1 }, headers);
    }),
  );
  const unsampled = { traceparent: `00-${traceIdOf(9)}-${CLIENT_SPAN}-00` };
  bought.push(await checkout(instance.url, sale, "zebra-9", { any: 1 }, unsampled));
  for (const { body } of bought) expect((await verdictOf(instance.url, body.ticket)).body.status).toBe("confirmed");

  const settled = () => shoppers.map((nth) => spansOf(traceIdOf(nth), "settle", "flashgate-worker").length);
  await expect.poll(settled, { timeout: 15_000 }).toEqual([1, 1, 1]);
  const pages = () => collector.spans.filter(({ name }) => name.startsWith("process "));
  await expect.poll(() => pages().length, { timeout: 15_000 }).toBeGreaterThan(0);

  for (const nth of shoppers) {
    const [request, ...others] = spansOf(traceIdOf(nth), "POST /v1/sales/:sale/checkouts", "flashgate-api");
    expect([request?.parentSpanId, others]).toEqual([CLIENT_SPAN, []]);
    const attributes = Object.fromEntries(request?.attributes.map(({ key, value }) => [key, value]) ?? []);
    expect(attributes).toMatchObject({
      "http.route": { stringValue: "/v1/sales/:sale/checkouts" },
      "http.response.status_code": { intValue: 202 },
      "flashgate.outcome": { stringValue: "held" },
      "flashgate.sale.id": { stringValue: sale },
    });
    const [settle] = spansOf(traceIdOf(nth), "settle", "flashgate-worker");
    expect(settle?.parentSpanId).toBe(request?.spanId);
    // the page that the checkout was settled with, which goes on with the trace of one of its shoppers
    const page = () => pages().find(({ spanId }) => spanId === settle?.links?.[0]?.spanId);
    await expect.poll(page, { timeout: 15_000 }).toBeDefined();
    const added = collector.spans.find(({ spanId }) => spanId === page()?.parentSpanId);
    expect([added?.service, added?.traceId]).toEqual(["flashgate-api", page()?.traceId]);
    expect(shoppers.map(traceIdOf)).toContain(page()?.traceId);
  }
  expect(collector.spans.filter(({ traceId }) => traceId === traceIdOf(9))).toEqual([]);
  expect(collector.asked).toEqual(new Set(["POST /v1/traces application/json"]));
}, 60_000);

it("names no user in any span, and the trace in the lines of what is logged", async () => {
  const refused = await checkout(instance.url, sale, "zebra-1", { any: 3 }, {});
  expect(refused.body.code).toBe("user_limit");
  const outcome = (span: SentSpan) => span.attributes.find(({ key }) => key === "flashgate.outcome")?.value;
  const told = () => collector.spans.find((span) => JSON.stringify(outcome(span)) === '{"stringValue":"user_limit"}');
  await expect.poll(told, { timeout: 15_000 }).toBeDefined();
  const line = logLines(instance).find((each) => each["outcome"] === "user_limit");
  expect(line?.["trace_id"]).toBe(told()?.traceId);
  expect(collector.bodies.join("")).toContain(sale);
  expect(collector.bodies.join("")).not.toContain("zebra");
}, 60_000);

it("sends what is left when the processes stop", async () => {
  const traceId = traceIdOf(4);
  await checkout(instance.url, sale, "zebra-4", { any: 1 }, { traceparent: `00-${traceId}-${CLIENT_SPAN}-01` });
  expect(await instance.interrupt("SIGTERM")).toBe(0);
  expect(spansOf(traceId, "POST /v1/sales/:sale/checkouts", "flashgate-api")).toHaveLength(1);
  expect(logLines(instance).filter(({ msg }) => msg === "spans could not be sent; they are lost")).toEqual([]);
}, 60_000);
