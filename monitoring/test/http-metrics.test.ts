import { createHttpMetrics } from "@flashgate/monitoring";
import { Registry } from "prom-client";
import { expect, it } from "vitest";
import { scrape } from "./exposition.ts";

it("counts and times requests by route, method and status code", async () => {
  const registry = new Registry();
  const http = createHttpMetrics(registry);
  http.observe("/v1/tickets/:ticket", "GET", 200, 0.004);
  http.observe("/v1/tickets/:ticket", "GET", 200, 0.2);
  http.observe("/v1/tickets/:ticket", "GET", 404, 0.001);
  http.observe("/v1/sales/:id/checkouts", "POST", 202, 0.002);

  const samples = await scrape(registry);
  const ok = 'method="GET",route="/v1/tickets/:ticket",status_code="200"';
  expect(samples.get(`http_requests_total{${ok}}`)).toBe(2);
  expect(samples.get('http_requests_total{method="GET",route="/v1/tickets/:ticket",status_code="404"}')).toBe(1);
  expect(samples.get('http_requests_total{method="POST",route="/v1/sales/:id/checkouts",status_code="202"}')).toBe(1);
  expect(samples.get(`http_request_duration_seconds_bucket{le="0.005",${ok}}`)).toBe(1);
  expect(samples.get(`http_request_duration_seconds_bucket{le="+Inf",${ok}}`)).toBe(2);
  expect(samples.get(`http_request_duration_seconds_sum{${ok}}`)).toBeCloseTo(0.204);
  expect(samples.get(`http_request_duration_seconds_count{${ok}}`)).toBe(2);
});

it("counts on from scrape to scrape", async () => {
  const registry = new Registry();
  const http = createHttpMetrics(registry);
  const series = 'http_requests_total{method="GET",route="/",status_code="200"}';
  for (const expected of [1, 2, 3]) {
    http.observe("/", "GET", 200, 0.001);
    expect((await scrape(registry)).get(series)).toBe(expected);
  }
});

it("keeps one series for all methods that a client may make up", async () => {
  const registry = new Registry();
  const http = createHttpMetrics(registry);
  for (const method of ["PROPFIND", "MKCOL", "BREW"]) http.observe("/", method, 405, 0.001);
  const samples = await scrape(registry);
  expect([...samples.keys()].filter((key) => key.startsWith("http_requests_total"))).toHaveLength(1);
  expect(samples.get('http_requests_total{method="other",route="/",status_code="405"}')).toBe(3);
});
