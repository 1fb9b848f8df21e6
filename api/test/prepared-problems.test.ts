import { afterAll, beforeAll, expect, it } from "vitest";
import { ask, openShop, type Shop } from "./shop.ts";

let shop: Shop;
let random = 0;
beforeAll(async () => {
  shop = await openShop(() => ({ random: () => random }));
});
afterAll(() => shop.stop());

const checkout = (sale: string, requestId: string, quantity = 1) => {
  const headers = { "x-user-id": "u", "x-request-id": requestId };
  return ask(shop.url, "POST", `/v1/sales/${sale}/checkouts`, headers, { items: [{ item_id: "any", quantity }] });
};

it("tells everybody of a refusal in the same words, and each the id of their own request", async () => {
  const sale = await shop.openSale({ items: 1 });
  await checkout(sale, "first");
  const [ada, bob] = [await checkout(sale, "ada-1"), await checkout(sale, "bob-1")];
  expect([ada.body.code, ada.body.request_id, bob.body.request_id]).toEqual(["sold_out", "ada-1", "bob-1"]);
  expect(bob.body).toEqual({ ...ada.body, request_id: "bob-1" });
});

it("tells what is another's in each one's own words", async () => {
  const sale = await shop.openSale({ items: 5, stock: 5, limitPerUser: 3 });
  const left = [await checkout(sale, "a", 4), await checkout(sale, "b", 1), await checkout(sale, "c", 3)];
  expect(left.map(({ status, body }) => [status, body.units_left])).toEqual([
    [403, 3],
    [202, undefined],
    [403, 2],
  ]);
});

it("spreads when to come again anew for each", async () => {
  const sale = await shop.openSale({ items: 1 });
  await shop.gate.shut(sale, 2, 1);
  const after: unknown[] = [];
  for (random of [0, 0.9]) after.push((await checkout(sale, "r")).headers["retry-after"]);
  expect(after).toEqual(["1", "2"]);
});
