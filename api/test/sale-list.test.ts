import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ask, openShop, type Shop } from "./shop.ts";

let shop: Shop;
beforeEach(async () => {
  shop = await openShop();
});
afterEach(() => shop.stop());

/** Sales of a unit each that open one after the other; the last one first. */
async function openSales(count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let more = 0; more < count; more += 1) {
    ids.unshift(await shop.openSale({ opensAtMs: shop.clock.nowMs() - count + more, items: 1 }));
  }
  return ids;
}

/** Seals every sale there is; the board then shows but the last few. */
async function sealAll() {
  shop.clock.ms += 120_000;
  for (const sale of await shop.ledger.list({ limit: 100 })) await shop.ledger.close(sale.id);
  await shop.keeper.resync({ missed: true });
}

function countReads() {
  const reads = { list: 0, find: 0 };
  for (const name of ["list", "find"] as const) {
    const read = shop.ledger[name].bind(shop.ledger) as (argument: never) => Promise<never>;
    shop.ledger[name] = (argument: never) => {
      reads[name] += 1;
      return read(argument);
    };
  }
  return reads;
}

const list = (query = "") => ask(shop.url, "GET", `/v1/sales${query}`);
const idsOf = (body: { data: { id: string }[] }) => body.data.map(({ id }) => id);

describe("GET /v1/sales", () => {
  it("lists every sale page by page, newest window first, sealed ones too", async () => {
    const ids = await openSales(7);
    await sealAll();
    const first = await list("?limit=5");
    expect(first.headers["cache-control"]).toBe("public, max-age=1");
    expect([idsOf(first.body), first.body.has_more]).toEqual([ids.slice(0, 5), true]);
    const next = /<(.*)>; rel="next"/.exec(String(first.headers["link"]))?.[1] ?? "";
    const second = await ask(shop.url, "GET", next);
    expect([idsOf(second.body), second.body.has_more]).toEqual([ids.slice(5), false]);
    expect(second.headers["link"]).toBeUndefined();
    expect(shop.board.view(ids[6] ?? "")).toBeNull();
    expect(second.body.data[1]).toMatchObject({ phase: "ended", stock: { total: 1, available: 1, held: 0, sold: 0 } });
  });

  it("shows what the board knows of a sale, which is newer than the ledger's", async () => {
    const [sale] = await openSales(1);
    const body = { items: [{ item_id: "any", quantity: 1 }] };
    await ask(shop.url, "POST", `/v1/sales/${sale}/checkouts`, { "x-user-id": "u" }, body);
    expect((await list()).body.data[0]).toMatchObject({ id: sale, stock: { available: 0, held: 1, sold: 0 } });
  });

  it("reads a page once a second, however many ask", async () => {
    await openSales(3);
    const reads = countReads();
    const crowd = () => Promise.all(Array.from({ length: 50 }, () => list("?limit=2")));
    for (const reply of await crowd()) expect(reply.status).toBe(200);
    expect(reads.list).toBe(1);
    shop.clock.ms += 1_000;
    await crowd();
    expect(reads.list).toBe(2);
  });

  it("asks to come back where too many different pages are read, and where the ledger is away", async () => {
    await openSales(3);
    const answer = shop.ledger.list.bind(shop.ledger);
    const waiting: (() => void)[] = [];
    shop.ledger.list = async (filter) => {
      await new Promise<void>((resolve) => waiting.push(resolve));
      return answer(filter);
    };
    const slow = Array.from({ length: 16 }, (_, index) => list(`?limit=${index + 1}`));
    await expect.poll(() => waiting.length).toBe(16);
    expect(await list("?limit=17")).toMatchObject({ status: 503, body: { code: "unavailable" } });
    for (const answerNow of waiting) answerNow();
    for (const reply of await Promise.all(slow)) expect(reply.status).toBe(200);

    shop.ledger.list = () => Promise.reject(new Error("postgres is away"));
    const reply = await list("?limit=50");
    expect(reply).toMatchObject({ status: 503, body: { code: "unavailable" } });
    expect(reply.headers["retry-after"]).toBeDefined();
    shop.ledger.list = answer;
    expect((await list("?limit=5")).status).toBe(200);
  });

  it("says what of the query is not usable", async () => {
    for (const [query, field] of [
      ["?limit=x", "limit"],
      ["?limit=101", "limit"],
      ["?starting_after=a%20b", "starting_after"],
      ["?starting_after=x-none", "starting_after"],
      ["?page=2", "page"],
    ]) {
      expect(await list(query)).toMatchObject({ status: 400, body: { code: "malformed", errors: [{ field }] } });
    }
  });
});

describe("GET /v1/sales/{sale} of a sale off the board", () => {
  it("tells it from the ledger, and when nothing changed", async () => {
    const ids = await openSales(6);
    await sealAll();
    const path = `/v1/sales/${ids.at(-1)}`;
    const first = await ask(shop.url, "GET", path);
    expect(first).toMatchObject({ status: 200, body: { id: ids.at(-1), phase: "ended", stock: { available: 1 } } });
    shop.clock.ms += 5_000;
    const again = await ask(shop.url, "GET", path, { "if-none-match": String(first.headers.etag) });
    expect(again.status).toBe(304);
  });

  it("asks the ledger once a second for the same sale, there or not, and never for what can be none", async () => {
    const reads = countReads();
    const crowd = await Promise.all(Array.from({ length: 50 }, () => ask(shop.url, "GET", "/v1/sales/x-none")));
    for (const reply of crowd) expect(reply).toMatchObject({ status: 404, body: { code: "sale_not_found" } });
    for (const name of ["current", "a b", "x".repeat(65)]) {
      expect((await ask(shop.url, "GET", `/v1/sales/${encodeURIComponent(name)}`)).status).toBe(404);
    }
    expect(reads.find).toBe(1);
  });
});
