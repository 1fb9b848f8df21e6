import { v7 as uuidv7 } from "uuid";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { AdminChange } from "../src/admin/routes.ts";
import { BEARER, type OpsDesk, openOpsDesk } from "./ops-desk.ts";
import { ask, openShop, type Shop } from "./shop.ts";

let shop: Shop;
let ops: OpsDesk;
let changes: AdminChange[];

beforeEach(async () => {
  shop = await openShop();
  ops = await openOpsDesk(shop);
  changes = ops.changes;
});
afterEach(async () => {
  await Promise.all([shop.stop(), ops.close()]);
});

const get = (path: string) => ask(ops.url, "GET", `/v1/admin/${path}`, BEARER);
const post = (path: string, body?: unknown, headers: Record<string, string> = {}) =>
  ask(ops.url, "POST", `/v1/admin/${path}`, { ...BEARER, ...headers }, body);
const buy = (sale: string, user: string, headers: Record<string, string> = {}) =>
  ask(
    shop.url,
    "POST",
    `/v1/sales/${sale}/checkouts`,
    { "x-user-id": user, ...headers },
    {
      items: [{ item_id: "any", quantity: 1 }],
    },
  );

describe("the operators' surface", () => {
  const ROUTES: readonly (readonly [method: string, path: string])[] = [
    ["GET", "sales"],
    ["POST", "sales"],
    ["GET", "sales/x-1"],
    ["POST", "sales/x-1/pause"],
    ["POST", "sales/x-1/resume"],
    ["GET", "sales/x-1/reconciliation"],
    ["POST", "sales/x-1/reconciliation"],
    ["GET", "sales/x-1/attempts"],
    ["GET", `checkouts/${uuidv7()}`],
    ["GET", "dead-letters"],
    ["POST", "dead-letters/retry"],
    ["POST", `dead-letters/${uuidv7()}/retry`],
    ["POST", `dead-letters/${uuidv7()}/give-up`],
  ];

  it.each(ROUTES)("%s %s is 401 without the token, and not on the public port", async (method, path) => {
    expect((await ask(ops.url, method, `/v1/admin/${path}`)).status).toBe(401);
    const wrong = { authorization: `Bearer ${"u".repeat(32)}` };
    expect((await ask(ops.url, method, `/v1/admin/${path}`, wrong)).status).toBe(401);
    const there = await ask(shop.url, method, `/v1/admin/${path}`, BEARER);
    expect([there.status, there.body.code]).toEqual([404, "route_not_found"]);
    expect(changes).toEqual([]);
  });

  it("answers 404 to what is not there, 405 to other methods", async () => {
    for (const [method, path] of ROUTES.filter(([, named]) => named.startsWith("sales/"))) {
      for (const sale of ["x-1", "%00", "a%20b"]) {
        const reply = await ask(ops.url, method, `/v1/admin/${path.replace("x-1", sale)}`, BEARER);
        expect([reply.status, reply.body.code]).toEqual([404, "sale_not_found"]);
      }
    }
    for (const id of [uuidv7(), "nobody's"]) {
      expect((await get(`checkouts/${id}`)).body).toMatchObject({ status: 404, code: "checkout_not_found" });
    }
    expect((await get("nothing")).body).toMatchObject({ status: 404, code: "route_not_found" });
    const wrong = await ask(ops.url, "DELETE", "/v1/admin/sales", BEARER);
    expect([wrong.status, wrong.headers["allow"]]).toEqual([405, "GET, POST, HEAD, OPTIONS"]);
    expect(shop.errors).toEqual([]);
  });

  it("answers 503 where a store is away, and says so to the log", async () => {
    shop.ledger.list = () => Promise.reject(new Error("postgres is away"));
    const reply = await get("sales");
    expect([reply.status, reply.headers["retry-after"]]).toEqual([503, "2"]);
    expect(shop.errors).toHaveLength(1);
  });
});

describe("POST /v1/admin/sales", () => {
  it("puts on a sale of generated items, now, with the defaults of the command line", async () => {
    const reply = await post("sales", { items: 3 });
    expect(reply.status).toBe(201);
    const { id } = reply.body;
    expect(reply.headers["location"]).toBe(`/v1/admin/sales/${id}`);
    expect(reply.body).toEqual({
      id: expect.stringMatching(/^x-/),
      state: "scheduled",
      paused: false,
      opens_at: "2026-11-22T10:30:00.000Z",
      closes_at: "2026-11-22T11:30:00.000Z",
      settle_until: "2026-11-22T11:45:00.000Z",
      units: { total: 3, sold: 0, held: 0 },
      limits: { units_per_user: 10 },
      attempts: "all",
      epoch: 0,
      open_epoch: 0,
    });
    expect((await get(`sales/${id}`)).body).toEqual(reply.body);
    expect(changes).toEqual([
      { holder: expect.stringMatching(/^ops:[0-9a-f]{8}$/), action: "create_sale", saleId: id, outcome: "scheduled" },
    ]);
    await shop.recover(id);
    expect((await buy(id, "u")).status).toBe(202);
  });

  it("puts on a catalogue, at a time to come", async () => {
    const lamp = { id: "lamp", name: 'A "lamp"', image: "/lamp.jpg", price: 4_900, stock: 25 };
    const { id: _id, ...chair } = { ...lamp, name: "Chair" };
    const opens = { opens_at: "2026-11-22T14:00:00+02:00", seconds: 60, settle_seconds: 0, limit: 2 };
    const reply = await post("sales", { catalogue: [lamp, chair], ...opens });
    expect(reply.body).toMatchObject({
      opens_at: "2026-11-22T12:00:00.000Z",
      closes_at: "2026-11-22T12:01:00.000Z",
      settle_until: "2026-11-22T12:01:00.000Z",
      units: { total: 50 },
      limits: { units_per_user: 2 },
    });
    expect(await shop.ledger.items(reply.body.id)).toMatchObject([
      { id: "lamp", name: 'A "lamp"', imageUrl: "/lamp.jpg", priceMinor: 4_900, stock: 25 },
      { id: "i00002", name: "Chair" },
    ]);
  });

  const item = { name: "a", image: "/a", price: 1, stock: 1 };
  it.each<[string, unknown, string]>([
    ["neither items nor a catalogue", {}, "items"],
    ["both", { items: 1, catalogue: [item] }, "items"],
    ["no items", { items: 0 }, "items"],
    ["half an item", { items: 1.5 }, "items"],
    ["text for a number", { items: "1" }, "items"],
    ["an empty catalogue", { catalogue: [] }, "catalogue"],
    ["an item without a name", { catalogue: [{ ...item, name: " " }] }, "catalogue[0].name"],
    ["an item that costs less than nothing", { catalogue: [{ ...item, price: -1 }] }, "catalogue[0].price"],
    ["an item without stock", { catalogue: [{ ...item, stock: 0 }] }, "catalogue[0].stock"],
    ["an id that is a word of the API", { catalogue: [{ ...item, id: "any" }] }, "catalogue[0].id"],
    [
      "an id twice",
      {
        catalogue: [
          { ...item, id: "a" },
          { ...item, id: "a" },
        ],
      },
      "catalogue[1].id",
    ],
    ["more units than there can be", { catalogue: [{ ...item, stock: 2 ** 31 - 1 }, item] }, "catalogue[].stock"],
    ["a time that is none", { items: 1, opens_at: "tomorrow" }, "opens_at"],
    ["a time that is past", { items: 1, opens_at: "2026-11-22T10:29:59Z" }, "opens_at"],
    ["a sale that is over at once", { items: 1, seconds: 0 }, "seconds"],
    ["a limit of nothing", { items: 1, limit: 0 }, "limit"],
    ["attempts that are none of the three", { items: 1, attempts: "some" }, "attempts"],
    ["what is not known", { items: 1, colour: "red" }, "colour"],
    ["a list", [], "body"],
  ])("refuses %s, and names the field", async (_, body, field) => {
    const reply = await post("sales", body);
    expect([reply.status, reply.body.code]).toEqual([400, "malformed"]);
    expect(reply.body.errors).toContainEqual({ field, message: expect.any(String) });
    expect(await shop.ledger.list({ limit: 9 })).toEqual([]);
    expect(changes).toEqual([]);
  });

  it("refuses what is not JSON, of another type, encoded, or too large", async () => {
    expect((await post("sales", "{")).body).toMatchObject({ status: 400, code: "malformed" });
    expect((await post("sales", "items=1", { "content-type": "text/plain" })).body).toMatchObject({ status: 415 });
    expect((await post("sales", { items: 1 }, { "content-encoding": "gzip" })).body).toMatchObject({ status: 415 });
    const large = await post("sales", { catalogue: "x".repeat(9 * 2 ** 20) });
    expect(large.body).toMatchObject({ status: 413, detail: "A sale fits into 8 MB." });
  });
});

describe("GET /v1/admin/sales", () => {
  it("lists every sale, page by page", async () => {
    const sales = [await shop.openSale(), await shop.openSale(), await shop.openSale()];
    const first = await get("sales?limit=2");
    expect(first.body).toMatchObject({ has_more: true, data: [{ state: "open" }, { state: "open" }] });
    const second = await get(`sales?limit=2&starting_after=${first.body.data[1].id}`);
    expect(second.body.has_more).toBe(false);
    const ids = [...first.body.data, ...second.body.data].map(({ id }) => id);
    expect(ids.toSorted()).toEqual(sales.toSorted());
  });

  it.each(["limit=0", "limit=101", "limit=x", "starting_after=a%20b", "colour=red"])("refuses ?%s", async (query) => {
    expect((await get(`sales?${query}`)).body).toMatchObject({ status: 400, errors: [{ field: query.split("=")[0] }] });
  });
});

describe("pause and resume", () => {
  it("take effect at once, are told to the audit log, and let used keys go on answering", async () => {
    const sale = await shop.openSale();
    const key = { "idempotency-key": "k" };
    const bought = await buy(sale, "u", key);
    expect((await post(`sales/${sale}/pause`)).body).toMatchObject({ id: sale, paused: true, gate: "told" });
    const refused = await buy(sale, "v");
    expect([refused.status, refused.body.code]).toEqual([503, "sale_paused"]);
    expect((await buy(sale, "u", key)).body.id).toBe(bought.body.id);
    expect((await post(`sales/${sale}/pause`)).body).toMatchObject({ paused: true, gate: "told" });
    await shop.settle();
    expect((await ask(shop.url, "GET", bought.body.links.self)).body.status).toBe("confirmed");
    expect((await post(`sales/${sale}/resume`)).body).toMatchObject({ paused: false, gate: "told" });
    expect((await buy(sale, "v")).status).toBe(202);
    expect(changes.map(({ action, outcome }) => [action, outcome])).toEqual([
      ["pause_sale", "gate_told"],
      ["pause_sale", "gate_told"],
      ["resume_sale", "gate_told"],
    ]);
  });

  it("stand where the gate is shut, for its next opening", async () => {
    const sale = await shop.openSale();
    shop.gate.restart();
    expect((await post(`sales/${sale}/pause`)).body).toMatchObject({ paused: true, gate: "pending" });
    await shop.recover(sale);
    expect((await buy(sale, "u")).body.code).toBe("sale_paused");
  });

  it("accept nothing while paused and lose nothing, with checkouts all around", async () => {
    const sale = await shop.openSale({ items: 200 });
    const accepted: string[] = [];
    const rush = async (crowd: string, size = 25) => {
      const replies = await Promise.all(Array.from({ length: size }, (_, index) => buy(sale, `${crowd}-${index}`)));
      for (const { status, body } of replies) {
        if (status === 202) accepted.push(body.id);
        else expect(body.code).toBe("sale_paused");
      }
      return replies.filter(({ status }) => status === 202).length;
    };
    for (let round = 0; round < 3; round += 1) {
      const early = rush(`early-${round}`);
      const paused = await post(`sales/${sale}/pause`);
      expect(paused.body.gate).toBe("told");
      expect(await rush(`paused-${round}`)).toBe(0);
      await early;
      await post(`sales/${sale}/resume`);
      expect(await rush(`late-${round}`)).toBe(25);
    }
    await shop.settle();
    const records = await shop.ledger.records(sale, accepted);
    expect(records.map(({ status }) => status.state)).toEqual(accepted.map(() => "confirmed"));
    expect((await get(`sales/${sale}/reconciliation`)).body).toMatchObject({
      clean: true,
      at_rest: true,
      units: { confirmed: accepted.length },
    });
  });

  it("are refused once the sale is closed", async () => {
    const sale = await shop.openSale();
    shop.clock.ms += 3_600_000;
    await shop.ledger.close(sale);
    for (const verb of ["pause", "resume"]) {
      expect((await post(`sales/${sale}/${verb}`)).body).toMatchObject({ status: 409, code: "sale_closed" });
    }
  });
});

describe("reconciliation", () => {
  it("lists drift, and has the gate rebuilt from the ledger", async () => {
    const sale = await shop.openSale({ items: 2 });
    await buy(sale, "u");
    await shop.settle();
    expect((await get(`sales/${sale}/reconciliation`)).body).toEqual({
      sale_id: sale,
      units: { total: 2, confirmed: 1 },
      at_rest: true,
      clean: true,
      unchecked: [],
      violations: [],
    });
    shop.gate.server.sales.get(sale)?.openings.get(1)?.stock.set("i00001", 9);
    const drifted = await get(`sales/${sale}/reconciliation`);
    expect(drifted.body).toMatchObject({ clean: false });
    expect(drifted.body.violations).toContainEqual({ invariant: 3, message: expect.stringContaining("i00001") });
    expect((await shop.ledger.find(sale))?.epoch).toBe(1);

    expect((await post(`sales/${sale}/reconciliation`)).body).toMatchObject({ clean: false, recovery: "begun" });
    await shop.recover(sale);
    expect((await post(`sales/${sale}/reconciliation`)).body).toMatchObject({
      clean: true,
      recovery: "not_needed",
      swept: { finalised: 0, paged: 0, expired: 0 },
    });
    expect(changes.map(({ outcome }) => outcome)).toEqual(["recovery_begun", "recovery_not_needed"]);
  });
});

describe("GET /v1/admin/checkouts/{id}", () => {
  it("tells of a checkout from its hold to its verdict", async () => {
    const sale = await shop.openSale();
    const { id } = (await buy(sale, "u")).body;
    const held = (await get(`checkouts/${id}`)).body;
    expect(held).toMatchObject({
      id,
      sale_id: sale,
      user_id: "u",
      hold: { mode: "submitted", since: "2026-11-22T10:30:00.000Z", items: [{ quantity: 1 }] },
      record: null,
      verdict: null,
    });
    shop.clock.ms += 500;
    await shop.settle();
    expect((await get(`checkouts/${id}`)).body).toEqual({
      id,
      sale_id: sale,
      user_id: "u",
      attempts: [{ at: held.hold.since, user_id: "u", units: 1, outcome: "held", checkout_id: id }],
      hold: null,
      record: { state: "confirmed", epoch: 1, reserved_at: held.hold.since, items: held.hold.items },
      verdict: { state: "confirmed", decided_at: "2026-11-22T10:30:00.500Z" },
    });
  });
});

describe("GET /v1/admin/sales/{id}/attempts", () => {
  it("lists attempts latest first, by user, in pages that neither repeat nor skip", async () => {
    const sale = await shop.openSale({ items: 9 });
    for (const user of ["u", "u", "v", "u"]) await buy(sale, user);
    shop.clock.ms += 1_000;
    await buy(sale, "v");
    await shop.settle();
    const refused = { saleId: sale, userId: "u", units: 2, outcome: "user_limit", atMs: shop.clock.ms - 1_000 };
    await shop.ledger.recordRefused([refused]);

    const seen: unknown[] = [];
    let after = "";
    do {
      const page = await get(`sales/${sale}/attempts?limit=2${after}`);
      expect(page.status).toBe(200);
      seen.push(...page.body.data);
      after = page.body.has_more ? `&starting_after=${page.body.next_starting_after}` : "";
    } while (after !== "");
    expect(seen).toEqual((await get(`sales/${sale}/attempts`)).body.data);
    expect(seen).toHaveLength(6);
    const mine = await get(`sales/${sale}/attempts?user_id=u`);
    expect(mine.body).toMatchObject({ has_more: false, next_starting_after: null, recorded: "all" });
    expect(mine.body.data.map(({ outcome }: { outcome: string }) => outcome).toSorted()).toEqual([
      "held",
      "held",
      "held",
      "user_limit",
    ]);
  });

  it("says that a sale keeps none, and so does its audit, before and after the seal", async () => {
    const { id } = (await post("sales", { items: 1, attempts: "off" })).body;
    await shop.recover(id);
    const bought = await buy(id, "u");
    await buy(id, "v");
    await shop.settle();
    expect((await get(`checkouts/${bought.body.id}`)).body).toMatchObject({
      attempts: [],
      verdict: { state: "confirmed" },
    });
    expect((await get(`sales/${id}/attempts`)).body).toMatchObject({ data: [], recorded: "off" });
    const unchecked = [{ invariant: 6, reason: "attempts_not_recorded" }];
    expect((await get(`sales/${id}/reconciliation`)).body).toMatchObject({ clean: true, unchecked });
    expect((await post(`sales/${id}/reconciliation`)).body).toMatchObject({ clean: true, unchecked });
    shop.clock.ms += 2 * 3_600_000;
    expect(await shop.ledger.close(id)).toBe("closed");
    expect((await get(`sales/${id}`)).body).toMatchObject({ state: "closed", attempts: "off" });
    expect((await get(`sales/${id}/reconciliation`)).body).toMatchObject({ clean: true, unchecked });
  });

  it.each(["limit=0", "user_id=a%20b", "starting_after=x", "colour=red"])("refuses ?%s", async (query) => {
    const sale = await shop.openSale();
    const reply = await get(`sales/${sale}/attempts?${query}`);
    expect(reply.body).toMatchObject({ status: 400, errors: [{ field: query.split("=")[0] }] });
  });
});
