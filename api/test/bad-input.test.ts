import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ask, openShop, rawAsk, type Shop } from "./shop.ts";

let shop: Shop;
let sale: string;
beforeAll(async () => {
  shop = await openShop();
  sale = await shop.openSale();
});
afterAll(() => shop.stop());

const item = (over: object = {}) => ({ items: [{ item_id: "any", quantity: 1, ...over }] });
const post = (body: unknown, headers: Record<string, string> = {}) =>
  ask(shop.url, "POST", `/v1/sales/${sale}/checkouts`, { "x-user-id": "u", ...headers }, body);

async function nothingReserved(): Promise<void> {
  expect((await shop.gate.inspect(sale))?.totals).toEqual({ available: 5, held: 0, sold: 0 });
  expect(shop.errors).toEqual([]);
}

describe("a checkout that is not usable", () => {
  it.each<[string, unknown, string]>([
    ["negative", item({ quantity: -1 }), "items[0].quantity"],
    ["zero", item({ quantity: 0 }), "items[0].quantity"],
    ["a fraction", item({ quantity: 1.5 }), "items[0].quantity"],
    ["a string for a number", item({ quantity: "1" }), "items[0].quantity"],
    ["infinite", '{"items":[{"item_id":"any","quantity":1e400}]}', "items[0].quantity"],
    ["too many units", item({ quantity: 11 }), "items[0].quantity"],
    ["too many units in all", { items: [item().items[0], { item_id: "i00001", quantity: 10 }] }, "items"],
    ["a quantity missing", { items: [{ item_id: "any" }] }, "items[0].quantity"],
    ["an item id missing", { items: [{ quantity: 1 }] }, "items[0].item_id"],
    ["an item id with a colon", item({ item_id: "a:b" }), "items[0].item_id"],
    ["a homoglyph", item({ item_id: "аny" }), "items[0].item_id"],
    ["an item unknown to the sale", item({ item_id: "nope" }), "items[].item_id"],
    ["no items", { items: [] }, "items"],
    ["items that are no list", { items: {} }, "items"],
    ["a key nobody knows", { ...item(), coupon: "x" }, "coupon"],
    ["a key nobody knows in an item", item({ price: 1 }), "items[0].price"],
    ["an own __proto__", '{"items":[{"item_id":"any","quantity":1}],"__proto__":{"mode":"x"}}', "__proto__"],
    ["a mode that does not exist", { ...item(), mode: "free" }, "mode"],
    ["no object", "[]", "body"],
    ["null", "null", "body"],
    ["a number", "1", "body"],
  ])("names the field: %s", async (_name, body, field) => {
    const reply = await post(body);
    expect(reply.status).toBe(400);
    expect(reply.body.errors.map((error: { field: string }) => error.field)).toContain(field);
    await nothingReserved();
  });

  it.each<[string, string]>([
    ["not JSON", "{"],
    ["empty", ""],
    ["a NUL", '{"items":[{"item_id":"any\\u0000","quantity":1}]}'],
    ["a name twice", '{"items":[{"item_id":"any","quantity":1,"quantity":9}]}'],
    ["a name twice, escaped", '{"items":[{"item_id":"any","quantity":1,"q\\u0075antity":9}]}'],
    ["deep", "[".repeat(900) + "]".repeat(900)],
  ])("is a 400: %s", async (_name, body) => {
    expect(await post(body)).toMatchObject({ status: 400, body: { status: 400 } });
    await nothingReserved();
  });

  it("is a 413 when it is too large, told by its length or by its bytes", async () => {
    expect(await post({ ...item(), padding: "x".repeat(3_000) })).toMatchObject({
      status: 413,
      body: { code: "too_large" },
    });
    await nothingReserved();
  });

  it.each([
    { "content-type": "text/plain" },
    { "content-type": "application/json; charset=latin1" },
    { "content-encoding": "gzip" },
  ])("is a 415 with %j", async (headers) => {
    expect(await post(item(), headers)).toMatchObject({ status: 415, body: { code: "wrong_type" } });
    await nothingReserved();
  });

  it("needs somebody who asks", async () => {
    const path = `/v1/sales/${sale}/checkouts`;
    expect(await ask(shop.url, "POST", path, {}, item())).toMatchObject({
      status: 401,
      body: { code: "unauthenticated" },
    });
    for (const user of ["a b", "a|b", "x".repeat(65)]) {
      const reply = await ask(shop.url, "POST", path, { "x-user-id": user }, item());
      expect(reply).toMatchObject({ status: 400, body: { errors: [{ field: "X-User-Id" }] } });
    }
    await nothingReserved();
  });

  it("must have a length: no Transfer-Encoding of any spelling reaches the handler", async () => {
    const json = JSON.stringify(item());
    for (const encoding of ["chunked", "xchunked", "identity"]) {
      const reply = await rawAsk(
        shop.url,
        `POST /v1/sales/${sale}/checkouts HTTP/1.1\r\nHost: x\r\nX-User-Id: u\r\nContent-Type: application/json\r\n` +
          `Transfer-Encoding: ${encoding}\r\nConnection: close\r\n\r\n${json.length.toString(16)}\r\n${json}\r\n0\r\n\r\n`,
      );
      expect(reply).toMatch(/^HTTP\/1\.1 400 /);
    }
    await nothingReserved();
  });
});

describe("the rest of the surface", () => {
  it.each(["/", "/v1", "/v1/tickets", "/%E0%A4%A", "/v1/sales/%00"])("knows nothing at %s", async (path) => {
    const { status, body } = await ask(shop.url, "GET", path);
    expect([400, 404]).toContain(status);
    expect(body.code).toMatch(/not_found|malformed/);
  });

  it("names the methods that a path has", async () => {
    const reply = await ask(shop.url, "PUT", `/v1/sales/${sale}/checkouts`);
    expect(reply).toMatchObject({ status: 405, headers: { allow: "POST, OPTIONS" } });
  });

  it.each(["limit=0", "limit=101", "limit=x", "limit=1.5", "available=yes", "starting_after=nope", "page=2"])(
    "refuses the list query %s",
    async (query) => {
      const reply = await ask(shop.url, "GET", `/v1/sales/${sale}/items?${query}`);
      expect(reply).toMatchObject({ status: 400, body: { code: "malformed" } });
      expect(reply.body.errors[0].field).not.toBe("");
    },
  );

  it("does not find a ticket that was altered in any byte, forged or somebody else's to cancel", async () => {
    const { body } = await post(item(), { "x-user-id": "owner" });
    const ticket: string = body.ticket;
    for (let at = 0; at < ticket.length; at += 1) {
      const flipped = ticket[at] === "A" ? "B" : "A";
      const altered = ticket.slice(0, at) + flipped + ticket.slice(at + 1);
      expect((await ask(shop.url, "GET", `/v1/tickets/${altered}`)).status, `byte ${at}`).toBe(404);
    }
    for (const forged of ["x", "v1.a.b.c", `${ticket}.x`, "v".repeat(2_000)]) {
      expect((await ask(shop.url, "GET", `/v1/tickets/${forged}`)).status).toBe(404);
    }
    expect((await ask(shop.url, "DELETE", `/v1/tickets/${ticket}`, { "x-user-id": "thief" })).status).toBe(404);
    expect((await ask(shop.url, "DELETE", `/v1/tickets/${ticket}`)).status).toBe(401);
    expect((await ask(shop.url, "DELETE", `/v1/tickets/${ticket}`, { "x-user-id": "owner" })).status).toBe(200);
  });
});
