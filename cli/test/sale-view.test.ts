import { expect, test } from "vitest";
import { steadyClock } from "../src/clock.ts";
import { findOpenSale } from "../src/load-run.ts";
import { readSale } from "../src/sale-view.ts";
import { connectTo, openShop } from "./shop.ts";

const SALE = {
  id: "2026112211",
  phase: "open",
  opens_at: "2026-11-22T11:00:00.000Z",
  closes_at: "2026-11-22T12:00:00.000Z",
  stock: { total: 10, available: 10, held: 0, sold: 0 },
  version: 7,
};

test("a sale is read by its name, with what else the api says left out", async () => {
  const { connect, asked } = await openShop(() => ({ status: 200, json: SALE }));
  const { version: _, ...sale } = SALE;
  expect(await readSale(connect(), "current")).toEqual({ kind: "sale", sale });
  expect(asked[0]?.path).toBe("/v1/sales/current");
});

test("no sale, no service and no server are told apart", async () => {
  const { connect } = await openShop(({ path }) => ({ status: path.endsWith("none") ? 404 : 503 }));
  expect(await readSale(connect(), "none")).toEqual({ kind: "unknown" });
  expect(await readSale(connect(), "current")).toEqual({ kind: "unavailable", why: "it answered 503" });
  const nowhere = await readSale(connectTo("http://127.0.0.1:1"), "current");
  expect(nowhere).toEqual({ kind: "unavailable", why: expect.stringContaining("ECONNREFUSED") });
});

test.each([{ json: { hello: "world" } }, { json: undefined }])(
  "another server's answer is no sale: $json",
  async (answer) => {
    const { connect } = await openShop(() => ({ status: 200, ...answer }));
    await expect(readSale(connect(), "current")).rejects.toThrow(/is none of Flashgate's: is --url right/);
  },
);

test("current means the same sale at every api", async () => {
  const first = await openShop(() => ({ status: 200, json: SALE }));
  const second = await openShop(() => ({ status: 200, json: SALE }));
  const sale = await findOpenSale("current", [first.connect(), second.connect()], steadyClock);
  expect(sale.id).toBe("2026112211");
  expect([first.asked[0]?.path, second.asked[0]?.path]).toEqual(["/v1/sales/current", "/v1/sales/2026112211"]);
});

test("an api that has not heard of a sale yet is asked again", async () => {
  const { connect } = await openShop((_, nth) => (nth === 1 ? { status: 404 } : { status: 200, json: SALE }));
  expect((await findOpenSale("2026112211", [connect()], steadyClock)).phase).toBe("open");
});

test("a sale that does not sell now is refused, with its hours", async () => {
  const { connect } = await openShop(() => ({ status: 200, json: { ...SALE, phase: "ended" } }));
  await expect(findOpenSale("current", [connect()], steadyClock)).rejects.toThrow(
    "Sale 2026112211 is ended (open from 2026-11-22T11:00:00.000Z to 2026-11-22T12:00:00.000Z): name an open one with --sale",
  );
});
