import { startTestServices, type TestRedis } from "@flashgate/local/testing";
import type { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connect, once, ready } from "../src/connection.ts";
import { openGate, type RedisGate } from "../src/gate.ts";
import { factsOf, readInPieces } from "../src/gate-contents.ts";
import { RedisGateReader } from "../src/gate-reader.ts";
import { impatientClock, Shop, serverNowMs } from "./shop.ts";

/** Several pieces of each. */
const ITEMS = 5_000;
const CARTS = 2_500;

let server: TestRedis;
let control: Redis;
/** Reads whole what the other one reads in pieces. */
let whole: RedisGate;
let pieces: RedisGate;

beforeAll(async () => {
  server = await startTestServices({ redisOnly: true });
  control = connect(server.redisUrl, "test-control", "wait");
  await ready(control);
  const options = { url: server.redisUrl, name: "test", clock: impatientClock(), backlogMax: 10_000 };
  whole = await openGate(options);
  pieces = await openGate({ ...options, wholeEntriesMax: 0 });
});

afterAll(async () => {
  whole?.close();
  pieces?.close();
  control?.disconnect();
  await server?.stop();
});

async function openShop(items: number): Promise<Shop> {
  const stock = Object.fromEntries(Array.from({ length: items }, (_, index) => [`item-${index}`, 1]));
  const shop = new Shop(await serverNowMs(control), { ...stock, c: 10_000 });
  await shop.recover(whole, 1, 0);
  return shop;
}

const inspectLarge = (shop: Shop) => pieces.reader.inspect(shop.saleId);

/** What is read in pieces, with something done to the gate before any of the pieces, or never. */
async function readAround(shop: Shop, act: () => Promise<unknown>, before: "hscan" | "sscan" | "exec", nth = 1) {
  return once(server.redisUrl, "test-reader", async (redis) => {
    let calls = 0;
    const disturbed = new Proxy(redis, {
      get(target, name) {
        const method: unknown = Reflect.get(target, name);
        if (typeof method !== "function") return method;
        if (name !== (before === "exec" ? "multi" : before)) return method.bind(target);
        if (before === "exec") {
          return () => {
            const exchange = target.multi();
            const exec = exchange.exec.bind(exchange);
            exchange.exec = async () => {
              if (++calls === nth) await act();
              return exec();
            };
            return exchange;
          };
        }
        return async (...args: unknown[]) => {
          if (++calls === nth) await act();
          return method.apply(target, args);
        };
      },
    });
    const contents = await readInPieces(disturbed, shop.saleId);
    expect(calls).toBeGreaterThanOrEqual(nth);
    return contents && factsOf(shop.saleId, contents, () => undefined);
  });
}

describe("a gate read in pieces", () => {
  it("is what it is read whole, item by item, hold by hold", async () => {
    const shop = await openShop(ITEMS);
    const cart = { mode: "cart", demand: { lines: [], any: 1 } } as const;
    await Promise.all(Array.from({ length: CARTS }, () => shop.hold(whole, cart)));
    const [large, small] = [await inspectLarge(shop), await whole.reader.inspect(shop.saleId)];
    expect(large?.holds.length).toBe(CARTS);
    expect(large?.stock.size).toBe(ITEMS + 1);
    expect(large?.oneInstant).toBe(true);
    const sorted = (facts: typeof large) =>
      facts && { ...facts, holds: [...facts.holds].sort((a, b) => (a.checkoutId < b.checkoutId ? -1 : 1)) };
    expect(sorted(large)).toEqual(sorted(small));
    expect(await pieces.reader.stock(shop.saleId)).toEqual(large?.stock);
  });

  const moments = [
    ["hscan", 1],
    ["hscan", 3],
    ["sscan", 1],
    ["exec", 1],
  ] as const;
  it.each(moments)("says so where a shopper reserved before %s %i, and knows the totals", async (before, nth) => {
    const shop = await openShop(ITEMS);
    const facts = await readAround(shop, () => shop.hold(whole), before, nth);
    expect(facts).toMatchObject({ oneInstant: false, totals: { available: ITEMS + 9_999, held: 1, sold: 0 } });
    expect((await inspectLarge(shop))?.oneInstant).toBe(true);
  });

  it.each(["confirmed", "cancelled"] as const)("says so where a verdict was applied: %s", async (state) => {
    const shop = await openShop(3);
    const hold = await shop.hold(whole);
    const judged = [{ checkoutId: hold.checkoutId, verdict: { state }, decidedAtMs: 1 }];
    const facts = await readAround(shop, () => whole.holds.finalise(shop.saleId, 1, judged), "sscan");
    expect(facts).toMatchObject({ oneInstant: false, totals: { held: 0 } });
  });

  it("says so where the totals ended as they began", async () => {
    const shop = await openShop(3);
    const comeAndGo = async () => {
      const { checkoutId } = await shop.hold(whole);
      await whole.holds.finalise(shop.saleId, 1, [{ checkoutId, verdict: { state: "cancelled" }, decidedAtMs: 1 }]);
    };
    const facts = await readAround(shop, comeAndGo, "sscan");
    expect(facts).toMatchObject({ oneInstant: false, totals: { available: 10_003, held: 0, sold: 0 } });
  });

  it("says so where a cart was bought", async () => {
    const shop = await openShop(3);
    const { checkoutId, userId } = await shop.hold(whole, { mode: "cart" });
    const purchase = () => whole.admission.purchase({ saleId: shop.saleId, checkoutId, userId });
    expect(await readAround(shop, purchase, "sscan")).toMatchObject({ oneInstant: false });
  });

  it("is none where another opening took its place, and the next reading is of that one", async () => {
    const shop = await openShop(3);
    expect(await readAround(shop, () => shop.recover(whole, 2, 1), "sscan")).toBeNull();
    expect(await inspectLarge(shop)).toMatchObject({ epoch: 2, oneInstant: true });
  });

  it("is looked for again where it gave way to the next while it was being found", async () => {
    const shop = await openShop(3);
    let recovered = false;
    const hlen = async (key: string) => {
      if (!recovered) {
        recovered = true;
        await shop.recover(whole, 2, 1);
      }
      return control.hlen(key);
    };
    const redis = new Proxy(control, { get: (target, name) => (name === "hlen" ? hlen : Reflect.get(target, name)) });
    const parts = { url: server.redisUrl, redis, onUnreadable: () => undefined, wholeEntriesMax: 100 };
    expect(await new RedisGateReader(parts).inspect(shop.saleId)).toMatchObject({ epoch: 2, oneInstant: true });
  });

  it("is of one instant where nobody did anything, and where only looks were put off", async () => {
    const shop = await openShop(3);
    await shop.hold(whole);
    expect(await readAround(shop, async () => undefined, "sscan")).toMatchObject({ oneInstant: true });
    const claim = () => whole.holds.claimDue(shop.saleId, 1, 10);
    expect(await readAround(shop, claim, "sscan")).toMatchObject({ oneInstant: true });
  });
});
