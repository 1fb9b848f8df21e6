import { HOUR_MS, hourlySale, hourOf } from "@flashgate/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openStores } from "./contest-shop.ts";
import { ask } from "./shop.ts";

type Stores = Awaited<ReturnType<typeof openStores>>;
type Api = Awaited<ReturnType<Stores["openApi"]>>;

let stores: Stores;
let api: Api;
beforeEach(async () => {
  stores = await openStores();
  api = await stores.openApi();
});
afterEach(async () => {
  expect(api.errors).toEqual([]);
  await stores.stop();
});

const get = (path: string) => ask(api.url, "GET", path);
const buy = async (user: string, id: string) => {
  const { code } = (await ask(api.url, "POST", `/checkout?user_id=${user}&id=${id}`)).body;
  expect((await ask(api.url, "POST", `/purchase?code=${code}`)).status).toBe(200);
};

describe("GET /sales", () => {
  it("tells a sale's window and what is sold", async () => {
    const id = await stores.openSale({ items: 3 });
    const plan = await stores.ledger.find(id);
    const facts = {
      id,
      started_at: new Date(plan?.opensAtMs ?? 0).toISOString(),
      ended_at: new Date(plan?.closesAtMs ?? 0).toISOString(),
      total_items: 3,
      items_sold: 0,
      active: true,
    };
    expect(await get(`/sales/${id}`)).toMatchObject({ status: 200, body: { ...facts, data: facts } });
    await buy("u", `${id}-i00002`);
    for (const name of [id, "active"])
      expect((await get(`/sales/${name}`)).body).toMatchObject({ id, items_sold: 1, data: { items_sold: 1 } });
    const coming = await stores.schedule({
      opensAtMs: Date.now() + HOUR_MS,
      closesAtMs: Date.now() + 2 * HOUR_MS,
      settleUntilMs: Date.now() + 2 * HOUR_MS,
    });
    expect((await get(`/sales/${coming}`)).body.active).toBe(false);
    for (const name of ["nope", "2001010100"]) {
      expect(await get(`/sales/${name}`)).toMatchObject({
        status: 404,
        body: { message: "sale not found", errors: {} },
      });
    }
  });

  it("means by active this hour's sale, else the latest that runs, else none", async () => {
    const none = await get("/sales/active");
    expect(none).toMatchObject({ status: 404, body: { message: expect.stringContaining("not found") } });
    expect((await get("/sales/active/items")).status).toBe(404);
    expect((await ask(api.url, "POST", "/checkout?user_id=u&id=x")).status).toBe(404);
    await stores.schedule({
      opensAtMs: Date.now() + HOUR_MS,
      closesAtMs: Date.now() + 2 * HOUR_MS,
      settleUntilMs: Date.now() + 2 * HOUR_MS,
    });
    expect((await get("/sales/active")).status).toBe(404);
    await stores.openSale({ opensAtMs: Date.now() - 5_000 });
    const latest = await stores.openSale();
    expect((await get("/sales/active")).body.id).toBe(latest);
    const hourly = await stores.openSale({ ...hourlySale(hourOf(Date.now())), items: 5 });
    expect((await get("/sales/active")).body.id).toBe(hourly);
    expect((await ask(api.url, "POST", `/checkout?user_id=u&id=${latest}-i00001`)).status).toBe(400);
    expect((await ask(api.url, "POST", `/checkout?user_id=u&id=${hourly}-i00001`)).status).toBe(200);
  });

  it("lists every item by the name that a checkout takes, as the view does", async () => {
    const id = await stores.openSale({ items: 120 });
    const items = (await get(`/sales/${id}/items`)).body;
    expect(items).toHaveLength(120);
    expect(items[0]).toEqual({
      id: `${id}-i00001`,
      name: expect.any(String),
      image_url: `/images/${id}/i00001.svg`,
      sold: false,
    });
    expect((await get(items[0].image_url)).status).toBe(200);
    await buy("u", items[6].id);
    expect((await get("/sales/active/items?envelope=1")).body.data).toEqual(
      items.map((item: object, index: number) => ({ ...item, sold: index === 6 })),
    );
    expect((await get("/sales/nope/items")).status).toBe(404);

    const { rows } = await stores.pool.query("SELECT id, sale_id, sold, created_at FROM public.items ORDER BY id");
    expect(rows.map(({ id: name, sold }) => [name, sold])).toEqual(
      items.map((item: { id: string }, index: number) => [item.id, index === 6]),
    );
    const sale = await stores.ledger.find(id);
    expect(rows[0]).toMatchObject({ sale_id: id, created_at: new Date(sale?.opensAtMs ?? 0) });
    expect((await stores.pool.query("SELECT * FROM public.sales")).rows).toEqual([
      { id, started_at: new Date(sale?.opensAtMs ?? 0), ended_at: new Date(sale?.closesAtMs ?? 0) },
    ]);
  });
});

describe("POST /admin/sales", () => {
  const post = (body?: unknown, headers: Record<string, string> = {}) =>
    ask(api.url, "POST", "/admin/sales", headers, body);
  const at = (ms: number) => new Date(ms).toISOString();

  it("puts on a sale that runs, and answers once its gate is open", async () => {
    const asked = post({ total_items: 4 });
    // What the scheduler does.
    await expect.poll(() => stores.ledger.list({ limit: 1 })).toHaveLength(1);
    const [sale] = await stores.ledger.list({ limit: 1 });
    await stores.recover(sale?.id ?? "");
    const made = await asked;
    const facts = {
      id: sale?.id,
      started_at: at(sale?.opensAtMs ?? 0),
      ended_at: at(sale?.closesAtMs ?? 0),
      total_items: 4,
    };
    expect(made).toMatchObject({ status: 201, body: { ...facts, data: facts } });
    expect((sale?.closesAtMs ?? 0) - (sale?.opensAtMs ?? 0)).toBe(HOUR_MS);
    expect((await get("/sales/active")).body).toMatchObject({ id: facts.id, total_items: 4, active: true });
    expect((await ask(api.url, "POST", `/checkout?user_id=u&id=${facts.id}-i00004`)).status).toBe(200);
  });

  it("takes a window to come, from JSON, a form or the query, and refuses what overlaps it", async () => {
    const [opens, closes] = [Date.now() + HOUR_MS, Date.now() + 2 * HOUR_MS];
    const made = await post({ started_at: at(opens), ended_at: at(closes), total_items: 2 });
    expect(made).toMatchObject({ status: 201, body: { data: { started_at: at(opens), ended_at: at(closes) } } });
    expect((await get(`/sales/${made.body.id}`)).body.active).toBe(false);
    for (const [from, to] of [
      [opens, closes],
      [opens + 60_000, closes + 60_000],
      [opens - 60_000, closes + 60_000],
    ] as const) {
      const second = await post({ started_at: at(from), ended_at: at(to), total_items: "2" });
      expect(second).toMatchObject({ status: 409, body: { message: expect.stringContaining(made.body.id) } });
    }
    const form = `started_at=${encodeURIComponent("2099-01-01T10:00:00+02:00")}&total_items=3`;
    expect((await post(form, { "content-type": "application/x-www-form-urlencoded" })).body).toMatchObject({
      started_at: "2099-01-01T08:00:00.000Z",
      ended_at: "2099-01-01T09:00:00.000Z",
      total_items: 3,
    });
    const query = await ask(
      api.url,
      "POST",
      `/admin/sales?total_items=1&started_at=${at(closes)}&ended_at=${at(closes + 1_000)}`,
    );
    expect(query.status).toBe(201);
    await stores.schedule({ ...hourlySale(hourOf(Date.now() + 10 * HOUR_MS)) });
    expect((await post({ started_at: at(Date.now() + 10 * HOUR_MS), total_items: 1 })).status).toBe(409);
  });

  it("lets one of two through that overlap at the same moment", async () => {
    const window = (shiftMs: number) => ({ started_at: at(Date.now() + HOUR_MS + shiftMs), total_items: 1 });
    const replies = await Promise.all([post(window(0)), post(window(1_000)), post(window(2_000))]);
    expect(replies.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
  });

  it("lets one of them through whichever of two apis each of them asks", async () => {
    const second = await stores.openApi();
    const urls = [api.url, second.url, api.url, second.url, api.url, second.url];
    const replies = await Promise.all(
      urls.map((url, index) => {
        const window = { started_at: at(Date.now() + 2 * HOUR_MS + index * 1_000), total_items: 1 };
        return ask(url, "POST", "/admin/sales", {}, window);
      }),
    );
    expect(replies.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409, 409]);
    const made = replies.find(({ status }) => status === 201)?.body.id;
    expect((await stores.ledger.list({ limit: 9 })).map(({ id }) => id)).toEqual([made]);
    for (const { status, body } of replies) if (status === 409) expect(body.message).toContain(made);
  });

  it("names each field that is not usable, and makes nothing", async () => {
    const bad: [body: unknown, fields: string[]][] = [
      [undefined, ["total_items"]],
      [{ total_items: 0 }, ["total_items"]],
      [{ total_items: -1 }, ["total_items"]],
      [{ total_items: 1.5 }, ["total_items"]],
      [{ total_items: "many" }, ["total_items"]],
      [{ total_items: 100_001 }, ["total_items"]],
      [{ started_at: "tomorrow", ended_at: "later", total_items: 1 }, ["ended_at", "started_at"]],
      [{ started_at: at(Date.now() + 2_000), ended_at: at(Date.now() + 1_000), total_items: 1 }, ["ended_at"]],
      [{ started_at: "2020-01-01T00:00:00Z", ended_at: "2020-01-01T01:00:00Z", total_items: 1 }, ["ended_at"]],
    ];
    for (const [body, fields] of bad) {
      const reply = await post(body);
      expect([reply.status, Object.keys(reply.body.errors).sort()]).toEqual([400, fields]);
    }
    expect((await post(`{"total_items":1,"x":"${"x".repeat(3_000)}"}`)).status).toBe(413);
    expect(await stores.ledger.list({ limit: 10 })).toEqual([]);
  });

  it("is for this machine only", async () => {
    for (const header of ["x-forwarded-for", "forwarded", "origin"]) {
      expect(await post({ total_items: 1 }, { [header]: "for=203.0.113.7" })).toMatchObject({
        status: 403,
        body: { errors: {} },
      });
    }
    expect(await stores.ledger.list({ limit: 10 })).toEqual([]);
  });
});

describe("GET /health and /metrics", () => {
  it("says which service is down", async () => {
    const healthy = await get("/health");
    expect(healthy).toMatchObject({
      status: 200,
      body: {
        services_status: { app: "UP", database: "UP", redis: "UP" },
        uptime: expect.any(Number),
        memory: { alloc: expect.any(Number) },
      },
    });
    for (const name of ["database", "redis"] as const) {
      api.up[name] = false;
      expect(await get("/health")).toMatchObject({
        status: 503,
        headers: { "retry-after": "1" },
        body: { services_status: { app: "UP", [name]: "DOWN" } },
      });
      api.up[name] = true;
    }
  });

  it("counts requests, checkouts and purchases", async () => {
    const id = await stores.openSale({ items: 2 });
    await buy("u", `${id}-i00001`);
    await ask(api.url, "POST", `/checkout?user_id=v&id=${id}-i00001`);
    const metrics = await get("/metrics");
    expect(metrics.headers["content-type"]).toContain("text/plain");
    expect(metrics.body).toMatch(/^checkout_attempts_total\{outcome="held",service="api"\} 1$/m);
    expect(metrics.body).toMatch(/^checkout_attempts_total\{outcome="item_taken",service="api"\} 1$/m);
    expect(metrics.body).toMatch(/^purchase_success_total 1$/m);
    expect(metrics.body).toMatch(/^http_requests_total\{.*route="\/checkout".*status_code="409".*\} 1$/m);
    expect(metrics.body).toMatch(/^http_request_duration_seconds_count\{.*route="\/purchase".*\} 1$/m);
  });
});

describe("a crowd of the contest's clients", () => {
  it("sells all there is, once, and the audit is clean", { timeout: 120_000 }, async () => {
    const second = await stores.openApi();
    const id = await stores.openSale({ items: 500 });
    const items: string[] = (await get(`/sales/${id}/items`)).body.map((item: { id: string }) => item.id);
    // Every item is wanted by two.
    const wanted = [...items, ...items.toReversed()];
    const bought: string[] = [];
    // One shopper after the other, each with a cart of one to ten.
    const shop = async (worker: number) => {
      const { url } = worker % 2 ? api : second;
      for (let shopper = 0; wanted.length > 0; shopper += 1) {
        const size = 1 + ((worker + shopper) % 10);
        let [code, picks] = ["", 0];
        for (let item = wanted.pop(); item; item = picks < size ? wanted.pop() : undefined) {
          const { status, body } = await ask(url, "POST", `/checkout?user_id=s-${worker}-${shopper}&id=${item}`);
          if (status === 200) [code, picks] = [body.code, picks + 1];
          else expect([400, 409]).toContain(status);
        }
        if (code === "") continue;
        const receipt = await ask(url, "POST", `/purchase?code=${code}`);
        expect(receipt).toMatchObject({
          status: 200,
          body: { success: true, failed_count: 0, total_purchased: picks },
        });
        bought.push(...receipt.body.data.successful_items);
      }
    };
    await Promise.all(Array.from({ length: 64 }, (_, worker) => shop(worker)));

    expect(bought.sort()).toEqual(items);
    expect((await get(`/sales/${id}`)).body.items_sold).toBe(500);
    const { rows } = await stores.pool.query(
      "SELECT count(*)::int AS sold FROM public.items WHERE sale_id = $1 AND sold",
      [id],
    );
    expect(rows).toEqual([{ sold: 500 }]);
    expect(await stores.audit(id)).toMatchObject({ violations: [], atRest: true });
    expect(second.errors).toEqual([]);
  });
});
