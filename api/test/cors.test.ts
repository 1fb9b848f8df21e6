import { afterEach, describe, expect, it } from "vitest";
import { Allowance } from "../src/rate-limits/allowance.ts";
import { ask, openShop, type Reply, type Shop } from "./shop.ts";

let shop: Shop;
afterEach(() => shop.stop());

const OURS = "https://shop.example";
const open = async (...origins: string[]) => {
  shop = await openShop(() => ({ corsOrigins: new Set(origins) }));
  return `/v1/sales/${await shop.openSale()}`;
};
const told = ({ headers }: Reply) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => /^(vary|access-control-.*)$/.test(name)));
const from = (origin: string, more: Record<string, string> = {}) => ({ origin, ...more });
const preflight = (path: string, origin: string) =>
  ask(shop.url, "OPTIONS", path, from(origin, { "access-control-request-method": "POST" }));

describe("pages of other origins", () => {
  it("may read nothing unless it is configured", async () => {
    const path = await open();
    expect(told(await ask(shop.url, "GET", path, from(OURS)))).toEqual({});
    expect(told(await preflight(path, OURS))).toEqual({});
  });

  it("may read what a client needs, refusals too, where theirs is one of the origins", async () => {
    const path = await open(OURS, "https://other.example");
    const readable = {
      vary: "Origin",
      "access-control-allow-origin": OURS,
      "access-control-expose-headers":
        "ETag, Link, Location, RateLimit, RateLimit-Policy, Retry-After, WWW-Authenticate, X-Request-Id",
    };
    for (const at of [path, "/v1/tickets/x", "/nowhere", `${path}/items?limit=0`]) {
      expect(told(await ask(shop.url, "GET", at, from(OURS)))).toEqual(readable);
    }
    expect(told(await ask(shop.url, "POST", `${path}/checkouts`, from(OURS), {}))).toEqual(readable);
  });

  it("are told before they send what they may send", async () => {
    const path = await open(OURS);
    const reply = await preflight(`${path}/checkouts`, OURS);
    expect(reply).toMatchObject({ status: 204, headers: { allow: "POST, OPTIONS" } });
    expect(told(reply)).toEqual({
      vary: "Origin",
      "access-control-allow-origin": OURS,
      "access-control-allow-methods": "POST, OPTIONS",
      "access-control-allow-headers":
        "Authorization, Content-Type, Idempotency-Key, If-None-Match, Last-Event-ID, Prefer, X-Request-Id, X-User-Id",
      "access-control-max-age": "600",
    });
  });

  it.each(["https://shop.example.evil", "http://shop.example", "https://shop.example:8443", "null"])(
    "may not where theirs is %s, and no cache takes one answer for another's",
    async (origin) => {
      const path = await open(OURS);
      expect(told(await ask(shop.url, "GET", path, from(origin)))).toEqual({ vary: "Origin" });
      expect(told(await preflight(path, origin))).toEqual({ vary: "Origin" });
      expect(told(await ask(shop.url, "GET", path))).toEqual({ vary: "Origin" });
    },
  );

  it("may all where any may, and never with credentials", async () => {
    const path = await open("*");
    const reply = await ask(shop.url, "GET", path, from("https://anybody.example"));
    expect(told(reply)).toMatchObject({ "access-control-allow-origin": "*" });
    expect(reply.headers).not.toHaveProperty("access-control-allow-credentials");
  });

  it("learn that they asked too often, for a preflight is never too many", async () => {
    const address = new Allowance("address", { requests: 1, windowS: 9 });
    shop = await openShop(() => ({ corsOrigins: new Set([OURS]), allowances: { user: null, address } }));
    const replies = [];
    for (const method of ["OPTIONS", "GET", "OPTIONS", "GET"])
      replies.push(await ask(shop.url, method, "/v1/tickets/x", from(OURS)));
    expect(replies.map(({ status }) => status)).toEqual([204, 404, 204, 429]);
    for (const reply of replies) expect(told(reply)).toMatchObject({ "access-control-allow-origin": OURS });
  });
});
