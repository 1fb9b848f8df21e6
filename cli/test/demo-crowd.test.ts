import { expect, test, vi } from "vitest";
import { type CrowdNews, DemoCrowd } from "../src/demo-crowd.ts";

function openCrowd(run: (words: readonly string[]) => Promise<string>) {
  const news: CrowdNews[] = [];
  const crowd = new DemoCrowd({ run, tell: (each) => news.push(each) });
  return { crowd, states: () => news.map(({ state, saleId }) => [state, saleId]), news };
}

const sale = async ([word]: readonly string[]) => (word === "sale" ? '{"id":"x-1"}' : "{}");

test("a crowd gets a sale of its own, and buys until it is sold out", async () => {
  const run = vi.fn(sale);
  const { crowd, states } = openCrowd(run);
  await crowd.send();
  expect(run.mock.calls.map(([words]) => words.slice(0, 2).join(" "))).toEqual(["sale new", "load --sale=x-1"]);
  expect(states()).toEqual([
    ["preparing", null],
    ["buying", "x-1"],
    ["done", "x-1"],
  ]);
});

test("while one is out, another is not sent, and who asks is told how far it is", async () => {
  const run = vi.fn(sale);
  const { crowd, states } = openCrowd(run);
  await Promise.all([crowd.send(), crowd.send()]);
  expect(run).toHaveBeenCalledTimes(2);
  expect(states().slice(0, 2)).toEqual([
    ["preparing", null],
    ["preparing", null],
  ]);
  await crowd.send();
  expect(run).toHaveBeenCalledTimes(4);
});

test("one that fails says why, and another may go", async () => {
  const { crowd, news } = openCrowd(() => Promise.reject(new Error("No api runs")));
  await crowd.send();
  expect(news.at(-1)).toEqual({ kind: "crowd", state: "failed", saleId: null, fault: "No api runs" });
  await crowd.send();
  expect(news.at(-1)?.state).toBe("failed");
});
