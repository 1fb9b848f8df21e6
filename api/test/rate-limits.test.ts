import type { Clock, RefusedAttempt } from "@flashgate/core";
import { afterEach, describe, expect, it } from "vitest";
import type { AppParts } from "../src/app.ts";
import { AttemptLog } from "../src/attempt-log.ts";
import { Allowance } from "../src/rate-limits/allowance.ts";
import { cartOf, changingRoutes } from "./changing-routes.ts";
import { ask, openShop, type Reply, type Shop } from "./shop.ts";

let shop: Shop;
afterEach(() => shop.stop());

async function open(user: number | null, address: number | null, over: Partial<AppParts> = {}): Promise<string> {
  const allowance = (name: "user" | "address", requests: number | null) =>
    requests === null ? null : new Allowance(name, { requests, windowS: 10 });
  const allowances = { user: allowance("user", user), address: allowance("address", address) };
  shop = await openShop((_clock: Clock) => ({ allowances, ...over }));
  return shop.openSale({ items: 50 });
}

const limited = (policy: string) => ({
  status: 429,
  body: { code: "rate_limited", status: 429, "violated-policies": [policy] },
});
const forwarded = (text: string) => ({ "x-user-id": "u", "x-forwarded-for": text });
const statuses = (replies: readonly Reply[]) => replies.map(({ status }) => status);

describe("a user's allowance", () => {
  it.each(["checkout", "lines", "purchase", "cancel"])(
    "is spent by %s, whatever comes of it, and then ends",
    async (name) => {
      const sale = await open(3, null);
      const ticket = await cartOf(shop, sale, { "x-user-id": "u" });
      const request = changingRoutes(shop, sale, ticket)[name];
      const held = async () => (await shop.gate.inspect(sale))?.totals.held;
      for (const left of [1, 0]) {
        const reply = await request?.({ "x-user-id": "u" });
        expect(reply?.status).not.toBe(429);
        expect(reply?.headers["ratelimit"]).toMatch(new RegExp(`^"user";r=${left};t=[47]$`));
        expect(reply?.headers["ratelimit-policy"]).toBe('"user";q=3;w=10');
      }
      const before = await held();
      const refused = await request?.({ "x-user-id": "u" });
      expect(refused).toMatchObject(limited("user"));
      expect(refused?.headers).toMatchObject({
        "retry-after": "4",
        ratelimit: '"user";r=0;t=4',
        "ratelimit-policy": '"user";q=3;w=10',
        "content-type": "application/problem+json; charset=utf-8",
        "cache-control": "no-store",
      });
      expect(await held()).toBe(before);
      expect((await request?.({ "x-user-id": "v" }))?.status).not.toBe(429);
      shop.clock.ms += 4_000;
      expect((await request?.({ "x-user-id": "u" }))?.status).not.toBe(429);
    },
  );

  it("is one for all the changes a user makes, and none for reading", async () => {
    const sale = await open(2, null);
    const ticket = await cartOf(shop, sale, { "x-user-id": "u" });
    const { lines, purchase, cancel } = changingRoutes(shop, sale, ticket);
    expect(await lines?.({ "x-user-id": "u" })).toMatchObject({ status: 200 });
    expect(await purchase?.({ "x-user-id": "u" })).toMatchObject(limited("user"));
    expect(await cancel?.({ "x-user-id": "u" })).toMatchObject(limited("user"));
    const read = await ask(shop.url, "GET", `/v1/tickets/${ticket}`, { "x-user-id": "u" });
    expect(read).toMatchObject({ status: 200, body: { status: "reserved" } });
    expect(read.headers["ratelimit"]).toBeUndefined();
  });

  it("is refused before anything is noted: no attempt is recorded", async () => {
    const recorded: RefusedAttempt[] = [];
    const ledger = { recordRefused: async (page: readonly RefusedAttempt[]) => void recorded.push(...page) };
    const attempts = new AttemptLog(ledger, () => undefined);
    const sale = await open(2, null, { attempts });
    const tooMany = { items: [{ item_id: "i00001", quantity: 2 }] };
    const path = `/v1/sales/${sale}/checkouts`;
    const replies: Reply[] = [];
    for (let times = 0; times < 4; times += 1)
      replies.push(await ask(shop.url, "POST", path, { "x-user-id": "u" }, tooMany));
    expect(statuses(replies)).toEqual([409, 409, 429, 429]);
    await attempts.flush();
    expect(recorded.map(({ outcome }) => outcome)).toEqual(["item_taken", "item_taken"]);
  });
});

describe("an address's allowance", () => {
  const paths = (sale: string) => [
    `/v1/sales/${sale}`,
    `/v1/sales/${sale}/items`,
    "/v1/tickets/x",
    `/images/${sale}/a.svg`,
  ];

  it("is spent by every request of a known path, read or change, whoever asks", async () => {
    const sale = await open(9, 5);
    for (const path of paths(sale))
      expect((await ask(shop.url, "GET", path)).headers["ratelimit"]).toMatch(/^"address";/);
    const checkout = changingRoutes(shop, sale, "x")["checkout"];
    const both = await checkout?.({ "x-user-id": "u" });
    expect(both?.status).toBe(202);
    expect(both?.headers["ratelimit"]).toBe('"address";r=0;t=2, "user";r=8;t=2');
    expect(both?.headers["ratelimit-policy"]).toBe('"address";q=5;w=10, "user";q=9;w=10');
    for (const path of paths(sale)) expect(await ask(shop.url, "GET", path)).toMatchObject(limited("address"));
    for (const request of Object.values(changingRoutes(shop, sale, "x"))) {
      expect(await request({ "x-user-id": "v" })).toMatchObject(limited("address"));
    }
    shop.clock.ms += 2_000;
    expect((await ask(shop.url, "GET", `/v1/sales/${sale}`)).status).toBe(200);
  });

  const each = async (...forwards: string[]) => {
    const replies: Reply[] = [];
    for (const forward of forwards) replies.push(await ask(shop.url, "GET", "/v1/tickets/x", forwarded(forward)));
    return statuses(replies);
  };

  it("is not got round by X-Forwarded-For of a peer that is no trusted proxy", async () => {
    for (const trustProxy of [[], ["10.0.0.0/8"]]) {
      await open(null, 2, { trustProxy });
      expect(await each("203.0.113.1", "203.0.113.2", "203.0.113.3", "10.0.0.1")).toEqual([404, 404, 429, 429]);
      await shop.stop();
    }
    await open(null, 2);
  });

  it("is the shopper's own behind a trusted proxy, which what the shopper sent before it does not change", async () => {
    for (const trustProxy of [["loopback"], ["127.0.0.1"], ["127.0.0.0/8"], 1]) {
      await open(null, 2, { trustProxy });
      expect(await each("203.0.113.1", "203.0.113.2", "203.0.113.1", "203.0.113.1")).toEqual([404, 404, 404, 429]);
      expect(await each("9.9.9.9, 203.0.113.1", "127.0.0.1, 203.0.113.1")).toEqual([429, 429]);
      expect(await each("203.0.113.3")).toEqual([404]);
      await shop.stop();
    }
    await open(null, 2);
  });

  it("is one for a whole /64 of IPv6, and one for an IPv4 address in whatever clothes", async () => {
    await open(null, 2, { trustProxy: 1 });
    expect(await each("2001:db8:0:1::1", "2001:0db8::1:ffff:2:3:4", "2001:db8:0:1:5::9")).toEqual([404, 404, 429]);
    expect(await each("2001:db8:0:2::1")).toEqual([404]);
    expect(await each("203.0.113.1", "::ffff:203.0.113.1", "::ffff:cb00:7101")).toEqual([404, 404, 429]);
  });

  it("is the proxy's where what it forwards is no address", async () => {
    await open(null, 2, { trustProxy: 1 });
    expect(await each("unknown", "203.0.113.1:443", "_hidden")).toEqual([404, 404, 429]);
  });
});

describe("without limits", () => {
  it("nothing is refused and no field says otherwise", async () => {
    const sale = await open(null, null);
    const checkout = changingRoutes(shop, sale, "x")["checkout"];
    const replies = await Promise.all(
      Array.from({ length: 40 }, (_, index) => checkout?.({ "x-user-id": `u${index}` })),
    );
    for (const reply of replies) {
      expect(reply?.status).toBe(202);
      expect(Object.keys(reply?.headers ?? {}).filter((name) => name.startsWith("ratelimit"))).toEqual([]);
    }
  });
});
