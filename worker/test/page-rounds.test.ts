import type { Page } from "@flashgate/core";
import { beforeEach, describe, expect, it } from "vitest";
import { PageRounds } from "../src/page-rounds.ts";

/** A settlement that ends when it is told to. */
interface UnderWay {
  readonly page: Page;
  readonly done: (result: string) => void;
  readonly fail: (error: Error) => void;
}

let begun: UnderWay[];
const settle = (page: Page) =>
  new Promise<string>((done, fail) => {
    begun.push({ page, done, fail });
  });
/** Promises that are settled have told whoever waits. */
const told = () => new Promise((resolve) => setImmediate(resolve));
const pageOf = (saleId: string, ...checkoutIds: string[]): Page => ({ saleId, epoch: 1, checkoutIds });
const manyIds = (count: number, name: string) => Array.from({ length: count }, (_, at) => `${name}${at}`);
const idsBegun = () => begun.map(({ page }) => page.checkoutIds.join(" "));

beforeEach(() => {
  begun = [];
});

describe("rounds of pages", () => {
  it("begin at once with a page that comes alone", async () => {
    const rounds = new PageRounds(settle, 4);
    const result = rounds.settle(pageOf("a", "1", "2"));
    await told();
    expect(begun.map(({ page }) => page)).toEqual([pageOf("a", "1", "2")]);
    begun[0]?.done("settled");
    expect(await result).toBe("settled");
  });

  it("take what came meanwhile together, and tell each page what became of its round", async () => {
    const rounds = new PageRounds(settle, 4);
    const results = ["1", "2", "3"].map((id) => rounds.settle(pageOf("a", id)));
    await told();
    expect(idsBegun()).toEqual(["1"]);
    begun[0]?.done("first");
    await told();
    expect(idsBegun()).toEqual(["1", "2 3"]);
    begun[1]?.fail(new Error("postgres is away"));
    const outcomes = await Promise.allSettled(results);
    expect(outcomes.map((each) => (each.status === "fulfilled" ? each.value : each.reason.message))).toEqual([
      "first",
      "postgres is away",
      "postgres is away",
    ]);
  });

  it("go on after one that failed", async () => {
    const rounds = new PageRounds(settle, 1);
    const failed = rounds.settle(pageOf("a", "1"));
    const next = rounds.settle(pageOf("a", "2"));
    await told();
    begun[0]?.fail(new Error("away"));
    await expect(failed).rejects.toThrow("away");
    await told();
    begun[1]?.done("settled");
    expect(await next).toBe("settled");
  });

  it("hold 200 checkouts at most, and a full one waits for a free place only", async () => {
    const rounds = new PageRounds(settle, 2);
    const pages = [pageOf("a", "first"), ...["b", "c", "d", "e"].map((name) => pageOf("a", ...manyIds(90, name)))];
    for (const page of pages) void rounds.settle(page);
    await told();
    expect(begun.map(({ page }) => page.checkoutIds.length)).toEqual([1, 180]);
    begun[0]?.done("settled");
    await told();
    expect(begun).toHaveLength(2);
    begun[1]?.done("settled");
    await told();
    expect(begun.map(({ page }) => page.checkoutIds.length)).toEqual([1, 180, 180]);
  });

  it("are apart for openings: another sale's, or another epoch's, does not wait", async () => {
    const rounds = new PageRounds(settle, 4);
    for (const page of [pageOf("a", "1"), pageOf("b", "2"), { ...pageOf("a", "3"), epoch: 2 }])
      void rounds.settle(page);
    await told();
    expect(idsBegun()).toEqual(["1", "2", "3"]);
  });

  it("are under way so many at a time, and a busy sale does not keep another from its turn", async () => {
    const rounds = new PageRounds(settle, 1);
    for (const page of [pageOf("a", "1"), pageOf("a", "2"), pageOf("b", "3"), pageOf("a", "4")])
      void rounds.settle(page);
    for (const at of [0, 1, 2]) {
      await told();
      expect(begun.length).toBe(at + 1);
      begun[at]?.done("settled");
    }
    expect(idsBegun()).toEqual(["1", "2 4", "3"]);
  });

  it("leave the pages that they were given as they are", async () => {
    const rounds = new PageRounds(settle, 1);
    const pages = [pageOf("a", "1"), pageOf("a", "2"), pageOf("a", "3")];
    for (const page of pages) void rounds.settle(page);
    expect(pages.map(({ checkoutIds }) => checkoutIds)).toEqual([["1"], ["2"], ["3"]]);
  });
});
