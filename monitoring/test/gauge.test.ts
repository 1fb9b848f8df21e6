import { expect, it } from "vitest";
import { createGauge, createGauges, createRegistry } from "../src/index.ts";

const registry = () => createRegistry({ service: "api" });

it("tells at each scrape what is read then, and nothing where it is not known", async () => {
  const tested = registry();
  let clients: number | null = 2;
  createGauge(tested, { name: "flashgate_test_clients", help: "For a test.", read: () => clients });
  expect(await tested.metrics()).toContain('flashgate_test_clients{service="api"} 2\n');
  clients = 0;
  expect(await tested.metrics()).toContain('flashgate_test_clients{service="api"} 0\n');
  clients = null;
  expect(await tested.metrics()).not.toContain("flashgate_test_clients{");
  clients = 3;
  expect(await tested.metrics()).toContain('flashgate_test_clients{service="api"} 3\n');
});

it("tells members that are known, at once or later, and leaves out the others", async () => {
  const tested = registry();
  let known: readonly (readonly ["up" | "down", number])[] = [
    ["up", 1],
    ["down", 2],
  ];
  createGauges<"up" | "down">(tested, { name: "test_by", help: "Test.", label: "state", read: async () => known });
  expect(await tested.metrics()).toMatch(
    /test_by\{state="up",service="api"\} 1\ntest_by\{state="down",service="api"\} 2/,
  );
  known = [["down", 5]];
  const text = await tested.metrics();
  expect(text).toContain('test_by{state="down",service="api"} 5');
  expect(text).not.toContain('state="up"');
});
