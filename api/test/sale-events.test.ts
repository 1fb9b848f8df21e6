import { hourlySale, hourOf } from "@flashgate/core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { follow } from "./event-reader.ts";
import { ask, openShop, type Shop } from "./shop.ts";

let shop: Shop;
beforeEach(async () => {
  shop = await openShop(undefined, { streamsMax: 4 });
});
afterEach(() => shop.stop());

const reserve = (sale: string, quantity = 1) =>
  ask(shop.url, "POST", `/v1/sales/${sale}/checkouts`, { "x-user-id": "u" }, { items: [{ item_id: "any", quantity }] });
const events = (sale: string, headers: Record<string, string> = {}) =>
  follow(shop.url, `/v1/sales/${sale}/events`, headers);

describe("GET /v1/sales/{sale}/events", () => {
  it("begins with the sale as it is, under its version", async () => {
    const sale = await shop.openSale();
    const stream = await events(sale);
    expect(stream.status).toBe(200);
    expect(stream.headers).toMatchObject({
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-store, no-transform",
      "x-content-type-options": "nosniff",
    });
    const [snapshot] = await stream.until(1);
    const now = await ask(shop.url, "GET", `/v1/sales/${sale}`);
    expect(snapshot).toMatchObject({ event: "snapshot", data: now.body });
    expect(`"${snapshot?.id}"`).toBe(now.headers.etag);
    expect(stream.text()).toMatch(/^retry: 2000\n/);
  });

  it("tells the stock as it changes, once a tick however much happened", async () => {
    const sale = await shop.openSale();
    const stream = await events(sale);
    await stream.until(1);
    for (let times = 0; times < 3; times += 1) await reserve(sale);
    shop.saleEvents.tick();
    shop.saleEvents.tick();
    await shop.settle();
    shop.saleEvents.tick();
    const [, first, second, ...more] = await stream.until(3);
    expect(first).toMatchObject({ event: "stock", data: { total: 5, available: 2, held: 3, sold: 0 } });
    expect(second).toMatchObject({ event: "stock", data: { total: 5, available: 2, held: 0, sold: 3 } });
    expect(more).toEqual([]);
    expect(second?.id).not.toBe(first?.id);
  });

  it("tells a phase when it begins", async () => {
    const sale = await shop.openSale();
    const stream = await events(sale);
    await stream.until(1);
    shop.clock.ms += 60_000;
    shop.saleEvents.tick();
    expect((await stream.until(2))[1]).toMatchObject({ event: "phase", data: { phase: "ended" } });
  });

  it("follows current into the next sale", async () => {
    const hour = hourOf(shop.clock.nowMs());
    await shop.openSale({ ...hourlySale(hour) });
    await shop.openSale({ ...hourlySale(hour + 3_600_000) });
    const stream = await events("current");
    await stream.until(1);
    shop.clock.ms += 3_600_000;
    shop.saleEvents.tick();
    const seen = (await stream.until(2)).map(({ event, data }) => [event, data.id]);
    expect(seen).toEqual([
      ["snapshot", "2026112210"],
      ["snapshot", "2026112211"],
    ]);
  });

  it("writes an event once for all who follow, whenever they joined", async () => {
    const sale = await shop.openSale();
    const early = await events(sale);
    await early.until(1);
    await reserve(sale);
    const late = await events(sale);
    expect((await late.until(1))[0]?.data.stock.available).toBe(4);
    const write = vi.spyOn(Buffer, "from");
    shop.saleEvents.tick();
    expect(write.mock.calls.filter(([text]) => String(text).includes("event: stock"))).toHaveLength(1);
    write.mockRestore();
    for (const stream of [early, late]) {
      expect((await stream.until(2))[1]).toMatchObject({ event: "stock", data: { available: 4 } });
    }
  });

  it("makes up for what changed and changed back while somebody joined", async () => {
    const sale = await shop.openSale();
    await (await events(sale)).until(1);
    const { body } = await reserve(sale);
    const late = await events(sale);
    await late.until(1);
    await ask(shop.url, "DELETE", `/v1/tickets/${body.ticket}`, { "x-user-id": "u" });
    shop.saleEvents.tick();
    expect((await late.until(2))[1]).toMatchObject({ event: "stock", data: { available: 5, held: 0 } });
  });

  it("ends with its sale, and tells who comes back that nothing more will come", async () => {
    const sale = await shop.openSale();
    const stream = await events(sale);
    await stream.until(1);
    shop.clock.ms += 120_000;
    await shop.ledger.close(sale);
    await shop.keeper.resync({ missed: true });
    shop.saleEvents.tick();
    await stream.ended;
    const again = await events(sale);
    const [snapshot] = await again.until(1);
    expect(snapshot?.data).toMatchObject({ id: sale, phase: "ended" });
    shop.saleEvents.tick();
    await again.ended;
    expect((await events(sale, { "last-event-id": snapshot?.id ?? "" })).status).toBe(204);
    shop.board.retain(new Set());
    const archived = await events(sale);
    const [last] = await archived.until(1);
    shop.saleEvents.tick();
    await archived.ended;
    expect((await events(sale, { "last-event-id": last?.id ?? "" })).status).toBe(204);
  });

  it("knows no stream of a sale that is not there, and answers HEAD without one", async () => {
    expect(await ask(shop.url, "GET", "/v1/sales/x-none/events")).toMatchObject({
      status: 404,
      body: { code: "sale_not_found" },
    });
    const head = await ask(shop.url, "HEAD", `/v1/sales/${await shop.openSale()}/events`);
    expect([head.status, head.headers["content-type"]]).toEqual([200, "text/event-stream; charset=utf-8"]);
    await expect.poll(() => shop.streams.size).toBe(0);
  });
});

describe("streams", () => {
  it("are so many and no more, and a place is free again when one is left", async () => {
    const sale = await shop.openSale();
    const open = await Promise.all([1, 2, 3, 4].map(() => events(sale)));
    const reply = await ask(shop.url, "GET", `/v1/sales/${sale}/events`);
    expect(reply).toMatchObject({ status: 503, body: { code: "too_many_streams" } });
    expect(Number(reply.headers["retry-after"])).toBeGreaterThan(0);
    open[0]?.leave();
    await expect.poll(() => shop.streams.size).toBe(3);
    expect((await events(sale)).status).toBe(200);
  });

  it("hear a heartbeat every fifteen beats", async () => {
    const stream = await events(await shop.openSale());
    await stream.until(1);
    const heard = () => stream.text().split(":\n\n").length - 1;
    for (let seconds = 0; seconds < 15; seconds += 1) shop.streams.beat();
    await expect.poll(heard).toBe(1);
    for (let seconds = 0; seconds < 30; seconds += 1) shop.streams.beat();
    await expect.poll(heard).toBe(3);
  });

  it("end when the process stops, and no more are opened", async () => {
    const sale = await shop.openSale();
    const stream = await events(sale);
    await stream.until(1);
    shop.streams.close();
    await stream.ended;
    expect(shop.streams.size).toBe(0);
    expect((await events(sale)).status).toBe(503);
  });
});
