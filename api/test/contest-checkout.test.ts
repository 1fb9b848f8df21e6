import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openStores } from "./contest-shop.ts";
import { ask, type Reply } from "./shop.ts";

type Stores = Awaited<ReturnType<typeof openStores>>;
type Api = Awaited<ReturnType<Stores["openApi"]>>;

let stores: Stores;
/** Two processes on the same stores, with no memory in common. */
let api: Api;
let other: Api;
beforeAll(async () => {
  stores = await openStores();
  [api, other] = [await stores.openApi(), await stores.openApi()];
});
afterAll(() => stores.stop());

const itemOf = (sale: string, place: number) => `${sale}-i${String(place).padStart(5, "0")}`;
const checkout = (user: string, id: string, at: Api = api) => ask(at.url, "POST", `/checkout?user_id=${user}&id=${id}`);
const heldBy = async (sale: string) => (await stores.gate.reader.totals(sale))?.totals;
const missing = (reply: Reply) => ({ status: reply.status, fields: Object.keys(reply.body.errors).sort() });

describe("POST /checkout", () => {
  it("reserves, and goes on under the same code, on whatever process", async () => {
    const sale = await stores.openSale();
    const sale_ends_at = new Date((await stores.ledger.find(sale))?.closesAtMs ?? 0).toISOString();
    const first = await checkout("ada", itemOf(sale, 1));
    const facts = { code: expect.stringMatching(/^CHK-[A-Za-z0-9._-]+$/), items_count: 1, sale_ends_at };
    expect(first).toMatchObject({ status: 200, body: { ...facts, data: facts } });
    expect(first.headers).toMatchObject({
      "content-type": "application/json; charset=utf-8",
      "cache-control": "no-store",
    });
    const { code } = first.body;
    expect((await checkout("ada", itemOf(sale, 2), other)).body).toMatchObject({
      code,
      items_count: 2,
      data: { code, items_count: 2 },
    });
    expect((await checkout("ada", itemOf(sale, 3))).body).toMatchObject({ code, items_count: 3 });
    expect((await checkout("bob", itemOf(sale, 4))).body.code).not.toBe(code);
    expect(await heldBy(sale)).toEqual({ available: 26, held: 4, sold: 0 });
  });

  it("names each missing field", async () => {
    await stores.openSale();
    const post = async (path: string) => missing(await ask(api.url, "POST", path));
    expect(await post("/checkout")).toEqual({ status: 400, fields: ["id", "user_id"] });
    expect(await post("/checkout?user_id=u")).toEqual({ status: 400, fields: ["id"] });
    expect(await post("/checkout?user_id=u&id=")).toEqual({ status: 400, fields: ["id"] });
    expect(await post("/checkout?id=1")).toEqual({ status: 400, fields: ["user_id"] });
    expect(await post("/checkout?id=1&user_id=a%20b")).toEqual({ status: 400, fields: ["user_id"] });
    expect(await post("/checkout?id=1&user_id=a&user_id=b")).toEqual({ status: 400, fields: ["user_id"] });
    expect((await ask(api.url, "POST", "/checkout")).body.message).toBe("user_id is required; id is required");
    expect((await ask(api.url, "GET", "/checkout?user_id=u&id=1")).headers["allow"]).toBe("POST, OPTIONS");
  });

  it("takes its fields from the query, a form or JSON, and item_id for id", async () => {
    const sale = await stores.openSale();
    const form = { "content-type": "application/x-www-form-urlencoded" };
    const bare = await ask(api.url, "POST", `/checkout?user_id=1&item_id=${itemOf(sale, 1)}`, {
      "content-length": "0",
    });
    expect(bare).toMatchObject({ status: 200, body: { items_count: 1 } });
    const posts: [path: string, body: unknown, headers?: Record<string, string>][] = [
      ["/checkout", { user_id: 1, item_id: itemOf(sale, 2) }],
      ["/checkout", `user_id=1&id=${itemOf(sale, 3)}`, form],
      ["/checkout?user_id=1", { id: itemOf(sale, 4), user_id: "thief" }],
      [`/checkout?user_id=1&id=${itemOf(sale, 5)}`, "not JSON at all"],
    ];
    for (const [path, body, headers] of posts)
      expect((await ask(api.url, "POST", path, headers, body)).body.code).toBe(bare.body.code);
    expect(missing(await ask(api.url, "POST", "/checkout", form, `user_id=1&user_id=2&id=x`)).fields).toEqual([
      "user_id",
    ]);
    expect((await ask(api.url, "POST", "/checkout", {}, '{"user_id":1e400,"id":["x"]}')).status).toBe(400);
    expect((await ask(api.url, "POST", "/checkout", {}, { user_id: "u".repeat(3_000) })).status).toBe(413);
    expect(await heldBy(sale)).toMatchObject({ held: 5 });
  });

  it("refuses the same item twice, with the code it is under", async () => {
    const sale = await stores.openSale();
    const { code } = (await checkout("u", itemOf(sale, 1))).body;
    for (const at of [api, other]) {
      const again = await checkout("u", itemOf(sale, 1), at);
      expect(again).toMatchObject({ status: 400, body: { code, errors: { id: expect.any(String) } } });
      expect(again.body.message).toContain("already checked out");
    }
    expect(await heldBy(sale)).toMatchObject({ held: 1 });
  });

  it("tells an item of another sale from one of none", async () => {
    const [before, sale] = [await stores.openSale(), await stores.openSale()];
    const foreign = await checkout("u", itemOf(before, 1));
    expect(foreign).toMatchObject({ status: 400, body: { message: "item is not in this sale" } });
    for (const id of [itemOf(sale, 31), `${sale}-`, "i00001", "1", "x-none-i00001", "%00", `2001010100-i00001`]) {
      expect(await checkout("u", id)).toMatchObject({ status: 404, body: { message: "item not found" } });
    }
    expect(await heldBy(sale)).toMatchObject({ held: 0 });
  });

  it("answers 409 for what somebody has, and for what is sold", async () => {
    const sale = await stores.openSale({ items: 2 });
    const { code } = (await checkout("u", itemOf(sale, 1))).body;
    expect(await checkout("v", itemOf(sale, 1))).toMatchObject({
      status: 409,
      body: { errors: { id: expect.any(String) } },
    });
    await ask(api.url, "POST", `/purchase?code=${code}`);
    for (const user of ["u", "v"]) expect((await checkout(user, itemOf(sale, 1))).status).toBe(409);
    expect((await checkout("v", itemOf(sale, 2))).status).toBe(200);
    expect((await checkout("u", itemOf(sale, 2))).status).toBe(409);
  });

  it("is a 503 that may be repeated while the gate is shut", async () => {
    const sale = await stores.schedule();
    const shut = await checkout("u", itemOf(sale, 1));
    expect(shut).toMatchObject({
      status: 503,
      headers: { "retry-after": "1" },
      body: { message: expect.any(String), errors: {} },
    });
    await stores.recover(sale);
    // That it was shut is remembered for a moment.
    await expect.poll(async () => (await checkout("u", itemOf(sale, 1))).status).toBe(200);
  });

  it("says of a lost answer that the item may be checked out, and repeating finds the code", async () => {
    const sale = await stores.openSale();
    const reserve = api.admission.reserve.bind(api.admission);
    api.admission.reserve = async (request) => {
      await reserve(request);
      return { kind: "outcome_unknown", epoch: 1 };
    };
    const lost = await checkout("u", itemOf(sale, 1));
    api.admission.reserve = reserve;
    expect(lost).toMatchObject({ status: 503, headers: { "retry-after": "1" } });
    expect(await checkout("u", itemOf(sale, 1))).toMatchObject({
      status: 400,
      body: { code: expect.stringMatching(/^CHK-/) },
    });
    expect(await heldBy(sale)).toMatchObject({ held: 1 });
  });
});

describe("the limit of ten", () => {
  it("is said as such, over all of a user's checkouts", async () => {
    const sale = await stores.openSale();
    const { code } = (await checkout("u", itemOf(sale, 1))).body;
    await ask(api.url, "POST", `/purchase?code=${code}`);
    for (let place = 2; place <= 10; place += 1) {
      expect((await checkout("u", itemOf(sale, place))).body).toMatchObject({ items_count: place - 1 });
    }
    for (const at of [api, other]) {
      const eleventh = await checkout("u", itemOf(sale, 11), at);
      expect(eleventh).toMatchObject({ status: 400, body: { errors: { user_id: expect.any(String) } } });
      expect(eleventh.body.message).toContain("limit");
    }
    expect(await heldBy(sale)).toEqual({ available: 20, held: 9, sold: 1 });
  });

  it("holds under twelve checkouts at once on two processes, which end in one cart", async () => {
    const sale = await stores.openSale();
    const places = Array.from({ length: 12 }, (_, index) => index + 1);
    const replies = await Promise.all(
      places.map((place) => checkout("u", itemOf(sale, place), place % 2 ? api : other)),
    );
    const taken = replies.filter(({ status }) => status === 200);
    expect(taken).toHaveLength(10);
    expect(new Set(taken.map(({ body }) => body.code)).size).toBe(1);
    expect(taken.map(({ body }) => body.items_count).sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    for (const { status, body } of replies)
      if (status !== 200)
        expect({ status, message: body.message }).toEqual({ status: 400, message: expect.stringContaining("limit") });
    expect(await heldBy(sale)).toEqual({ available: 20, held: 10, sold: 0 });
  });
});

describe("races", () => {
  it("two users for one item: one has it", async () => {
    const sale = await stores.openSale();
    for (let place = 1; place <= 20; place += 1) {
      const replies = await Promise.all([
        checkout(`a${place}`, itemOf(sale, place)),
        checkout(`b${place}`, itemOf(sale, place), other),
      ]);
      expect(replies.map(({ status }) => status).sort()).toEqual([200, 409]);
    }
    expect(await heldBy(sale)).toEqual({ available: 10, held: 20, sold: 0 });
  });

  it("one user for one item: it is in the cart once", async () => {
    const sale = await stores.openSale();
    const replies = await Promise.all([api, other, api, other].map((at) => checkout("u", itemOf(sale, 1), at)));
    const statuses = replies.map(({ status }) => status).sort();
    expect(statuses[0]).toBe(200);
    for (const status of statuses.slice(1)) expect([400, 409]).toContain(status);
    expect(await heldBy(sale)).toMatchObject({ held: 1 });
  });

  it("left nothing unexplained", () => {
    expect([api.errors, other.errors]).toEqual([[], []]);
  });
});
