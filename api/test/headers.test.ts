import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { changingRoutes } from "./changing-routes.ts";
import { ask, openShop, type Reply, rawAsk, type Shop } from "./shop.ts";

let shop: Shop;
let sale: string;
beforeAll(async () => {
  shop = await openShop();
  sale = await shop.openSale();
});
afterAll(() => shop.stop());

const SAFE = {
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "x-request-id": "request-1",
};

/** What stays the same from one answer to the next; the rest depends on the body and the moment. */
function lasting({ headers }: Reply): Record<string, unknown> {
  const { date, connection, "content-length": _length, ...rest } = headers;
  expect([date, connection]).not.toContain(undefined);
  return rest;
}

describe("the headers of an answer", () => {
  const json = "application/json; charset=utf-8";
  it("are these and no others", async () => {
    const ticket = await changingRoutes(shop, sale, "x")["checkout"]?.({ "x-user-id": "u" });
    const self = ticket?.body.links.self;
    const get = (path: string) => ask(shop.url, "GET", path);
    expect(ticket && lasting(ticket)).toEqual({
      ...SAFE,
      "content-type": json,
      "cache-control": "no-store",
      location: self,
      "retry-after": "1",
    });
    expect(lasting(await get(self))).toEqual({
      ...SAFE,
      "content-type": json,
      "cache-control": "no-store",
      "retry-after": "1",
    });
    const shown = await get(`/v1/sales/${sale}`);
    const { etag } = shown.headers;
    expect(lasting(shown)).toEqual({ ...SAFE, "content-type": json, "cache-control": "public, max-age=1", etag });
    const same = await ask(shop.url, "GET", `/v1/sales/${sale}`, { "if-none-match": String(etag) });
    expect(lasting(same)).toEqual({ ...SAFE, "cache-control": "public, max-age=1", etag });
    expect(lasting(await get(`/images/${sale}/i00001.svg`))).toEqual({
      ...SAFE,
      "content-type": "image/svg+xml; charset=utf-8",
      "cache-control": "public, max-age=31536000, immutable",
      "cross-origin-resource-policy": "cross-origin",
    });
    const problem = { ...SAFE, "content-type": "application/problem+json; charset=utf-8", "cache-control": "no-store" };
    for (const path of ["/nowhere", "/%E0%A4%A", "/v1/tickets/x"]) expect(lasting(await get(path))).toEqual(problem);
    expect(lasting(await ask(shop.url, "DELETE", self))).toEqual({
      ...problem,
      "www-authenticate": 'Trusted header="X-User-Id"',
    });
  });

  it("tell of TLS only where there is nothing but TLS", async () => {
    const live = await openShop(() => ({ tlsOnly: true }));
    for (const path of ["/v1/sales/current", "/nowhere", "/%E0%A4%A"]) {
      const { headers } = await ask(live.url, "GET", path);
      expect(headers["strict-transport-security"]).toBe("max-age=31536000");
    }
    await live.stop();
  });

  it("name the request as its sender did, if that is a name, in success and refusal", async () => {
    for (const path of [`/v1/sales/${sale}`, "/v1/tickets/x", "/nowhere"]) {
      const named = await ask(shop.url, "GET", path, { "x-request-id": "mine-1" });
      expect(named.headers["x-request-id"]).toBe("mine-1");
      const odd = await ask(shop.url, "GET", path, { "x-request-id": "a b<script>" });
      expect(odd.headers["x-request-id"]).toBe("request-1");
    }
  });
});

describe("the methods of a path", () => {
  const routes = () => [
    [`/v1/sales/${sale}`, "GET, HEAD, OPTIONS"],
    [`/v1/sales/${sale}/items`, "GET, HEAD, OPTIONS"],
    [`/v1/sales/${sale}/checkouts`, "POST, OPTIONS"],
    ["/v1/tickets/x", "GET, DELETE, HEAD, OPTIONS"],
    ["/v1/tickets/x/lines", "POST, OPTIONS"],
    ["/v1/tickets/x/purchase", "POST, OPTIONS"],
    [`/images/${sale}/a.svg`, "GET, HEAD, OPTIONS"],
  ];

  it("are told by OPTIONS and by every other method's 405", async () => {
    for (const [path = "", allow] of routes()) {
      const options = await ask(shop.url, "OPTIONS", path);
      expect(options, path).toMatchObject({ status: 204, body: "", headers: { allow } });
      expect(lasting(options)).toEqual({ ...SAFE, allow });
      for (const method of ["PUT", "PATCH", "TRACE"]) {
        const reply = await ask(shop.url, method, path);
        expect(reply).toMatchObject({ status: 405, headers: { allow }, body: { code: "method_not_allowed" } });
      }
    }
    expect((await ask(shop.url, "OPTIONS", "/nowhere")).status).toBe(404);
  });

  it("have HEAD where there is GET: the same headers, no body", async () => {
    const { body } = (await changingRoutes(shop, sale, "x")["checkout"]?.({ "x-user-id": "head" })) ?? { body: {} };
    for (const path of [body.links.self, `/v1/sales/${sale}`, `/v1/sales/${sale}/items`, `/images/${sale}/a.svg`]) {
      const [get, head] = [await ask(shop.url, "GET", path), await ask(shop.url, "HEAD", path)];
      expect(get.status).toBe(200);
      expect(head).toMatchObject({ status: 200, headers: { "content-length": get.headers["content-length"] } });
      expect(lasting(head)).toEqual(lasting(get));
    }
    const missing = await rawAsk(shop.url, "HEAD /v1/tickets/x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    expect(missing).toMatch(/^HTTP\/1\.1 404 /);
    expect(missing.endsWith("\r\n\r\n")).toBe(true);
    expect((await ask(shop.url, "HEAD", `/v1/sales/${sale}/checkouts`)).status).toBe(405);
  });
});
