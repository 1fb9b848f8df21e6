import { afterAll, beforeAll, expect, it } from "vitest";
import { ask, openShop, type Shop } from "./shop.ts";

const routes: string[] = [];
let shop: Shop;
beforeAll(async () => {
  shop = await openShop(() => ({ observe: ({ route }) => void routes.push(route) }));
});
afterAll(() => shop.stop());

/** What is answered to a request, and under which route it is told of. */
async function told(method: string, path: string, body?: object) {
  routes.length = 0;
  const { status, body: answer, headers } = await ask(shop.url, method, path, { "x-user-id": "u" }, body);
  return { status, answer, allow: headers.allow, routes: [...routes] };
}

it("finds by their plain spelling what the router finds by any", async () => {
  const sale = await shop.openSale({ items: 1 });
  const one = { items: [{ item_id: "any", quantity: 1 }] };
  const bought = await told("POST", `/v1/sales/${sale}/checkouts`, one);
  expect(bought).toMatchObject({ status: 202, routes: ["/v1/sales/:sale/checkouts"] });
  await shop.settle();
  const { ticket } = bought.answer;

  const spellings = (path: string, plain: string) => {
    const escaped = path.replace(plain, `%${plain.charCodeAt(0).toString(16)}${plain.slice(1)}`);
    return [`${path}?`, `${path}?a=b`, `${path}/`, path.replace("/v1/", "/V1/"), escaped];
  };
  for (const [method, path, plain, body] of [
    ["GET", `/v1/tickets/${ticket}`, ticket],
    ["PUT", `/v1/tickets/${ticket}`, ticket],
    ["GET", `/v1/tickets/${ticket}x`, ticket],
    ["POST", `/v1/sales/${sale}/checkouts`, sale, one],
    ["POST", "/v1/sales/nowhere/checkouts", "nowhere", one],
    ["GET", `/v1/sales/${sale}/checkouts`, sale],
  ] as const) {
    const short = await told(method, path, body);
    expect(short.routes).toHaveLength(1);
    for (const spelling of spellings(path, plain)) expect(await told(method, spelling, body)).toEqual(short);
  }
});

it("leaves every other path to the router", async () => {
  for (const path of [
    "/v1/tickets/",
    "/v1/tickets/a/b",
    "/v1/tickets/%2",
    "/v1/sales//checkouts",
    "/v1/sales/a/b/checkouts",
  ]) {
    expect((await told("GET", path)).routes).toEqual(["unmatched"]);
  }
});
