import { hourlySale, hourOf } from "@flashgate/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ask, openShop, type Shop } from "./shop.ts";

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.stop());

describe("GET /v1/sales/{sale}", () => {
  it("shows the hour's sale with its stock, and the next one's time", async () => {
    const hour = hourOf(shop.clock.nowMs());
    await shop.openSale({ ...hourlySale(hour), items: 3 });
    await shop.openSale({ ...hourlySale(hour + 3_600_000), items: 3 });
    const reply = await ask(shop.url, "GET", "/v1/sales/current");
    expect(reply.headers["cache-control"]).toBe("public, max-age=1");
    expect(reply.body).toMatchObject({
      id: "2026112210",
      phase: "open",
      opens_at: "2026-11-22T10:00:00.000Z",
      next_opens_at: "2026-11-22T11:00:00.000Z",
      server_time: "2026-11-22T10:30:00.000Z",
      stock: { total: 3, available: 3, held: 0, sold: 0 },
      limits: { units_per_user: 10 },
    });
  });

  it("says when nothing changed, and follows what was settled", async () => {
    const sale = await shop.openSale();
    const path = `/v1/sales/${sale}`;
    const first = await ask(shop.url, "GET", path);
    const etag = String(first.headers.etag);
    expect((await ask(shop.url, "GET", path, { "if-none-match": etag })).status).toBe(304);
    await ask(
      shop.url,
      "POST",
      `${path}/checkouts`,
      { "x-user-id": "u" },
      { items: [{ item_id: "i00003", quantity: 1 }] },
    );
    await shop.settle();
    const then = await ask(shop.url, "GET", path, { "if-none-match": etag });
    expect(then).toMatchObject({ status: 200, body: { stock: { total: 5, available: 4, held: 0, sold: 1 } } });
  });
});

describe("GET /v1/sales/{sale}/items", () => {
  it("lists page by page with a link to the next, and what is left only if asked", async () => {
    const sale = await shop.openSale();
    await ask(
      shop.url,
      "POST",
      `/v1/sales/${sale}/checkouts`,
      { "x-user-id": "u" },
      { items: [{ item_id: "i00001", quantity: 1 }] },
    );
    await shop.settle();
    const first = await ask(shop.url, "GET", `/v1/sales/${sale}/items?limit=3&available=true`);
    expect(first.body.data.map((item: { id: string }) => item.id)).toEqual(["i00002", "i00003", "i00004"]);
    expect(first.body.has_more).toBe(true);
    const next = /<(.*)>; rel="next"/.exec(String(first.headers["link"]))?.[1] ?? "";
    const second = await ask(shop.url, "GET", next);
    expect(second.body.data.map((item: { id: string }) => item.id)).toEqual(["i00005"]);
    expect(second.headers["link"]).toBeUndefined();
    const all = await ask(shop.url, "GET", `/v1/sales/${sale}/items`);
    expect(all.body.data[0]).toMatchObject({ id: "i00001", position: 1, stock: { total: 1, available: 0, sold: 1 } });
  });

  it("begins at a position, which is not to be mixed with an item", async () => {
    const sale = await shop.openSale();
    const at = async (query: string) => {
      const { body } = await ask(shop.url, "GET", `/v1/sales/${sale}/items?${query}`);
      return body.data?.map((item: { position: number }) => item.position) ?? body.errors;
    };
    expect(await at("starting_at=1&limit=2")).toEqual([1, 2]);
    expect(await at("starting_at=4&limit=2")).toEqual([4, 5]);
    expect(await at("starting_at=6")).toEqual([]);
    expect(await at("starting_at=0")).toMatchObject([{ field: "starting_at" }]);
    expect(await at("starting_at=2&starting_after=i00001")).toMatchObject([{ field: "starting_at" }]);
  });

  it("has a picture for every item", async () => {
    const sale = await shop.openSale();
    const { body } = await ask(shop.url, "GET", `/v1/sales/${sale}/items?limit=2`);
    const images = await Promise.all(
      body.data.map((item: { image_url: string }) => ask(shop.url, "GET", item.image_url)),
    );
    for (const image of images) {
      expect(image.headers["content-type"]).toMatch("image/svg+xml");
      expect(image.body).toMatch(/^<svg .*<\/svg>$/);
    }
    expect(images[0].body).not.toBe(images[1].body);
  });
});

describe("GET /v1/sales/{sale}/availability", () => {
  it("has a bit for every item, 1 as long as something is left, and a version", async () => {
    const sale = await shop.openSale({ items: 10, stock: 2 });
    const path = `/v1/sales/${sale}/availability`;
    const bits = async () => {
      const { body, headers } = await ask(shop.url, "GET", path);
      expect(body).toMatchObject({ sale_id: sale, items: 10 });
      return { bytes: [...Buffer.from(body.available, "base64")], etag: String(headers.etag) };
    };
    const before = await bits();
    expect(before.bytes).toEqual([0b1111_1111, 0b11]);
    expect(await ask(shop.url, "GET", path, { "if-none-match": before.etag })).toMatchObject({ status: 304, body: "" });
    const items = [
      { item_id: "i00001", quantity: 1 },
      { item_id: "i00003", quantity: 2 },
      { item_id: "i00010", quantity: 2 },
    ];
    await ask(shop.url, "POST", `/v1/sales/${sale}/checkouts`, { "x-user-id": "u" }, { items });
    const after = await bits();
    expect(after.bytes).toEqual([0b1111_1011, 0b01]);
    expect(after.etag).not.toBe(before.etag);
    expect(await ask(shop.url, "GET", "/v1/sales/nowhere/availability")).toMatchObject({ status: 404 });
  });
});
