import { expect, it } from "vitest";
import { createGauge, createRegistry } from "../src/index.ts";

it("tells at each scrape what is read then", async () => {
  const registry = createRegistry({ service: "api" });
  let clients = 2;
  createGauge(registry, { name: "flashgate_test_clients", help: "For a test.", read: () => clients });
  expect(await registry.metrics()).toContain('flashgate_test_clients{service="api"} 2\n');
  clients = 0;
  expect(await registry.metrics()).toContain('flashgate_test_clients{service="api"} 0\n');
});
