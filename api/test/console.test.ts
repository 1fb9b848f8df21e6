import { afterEach, beforeEach, expect, it } from "vitest";
import { AttemptTally } from "../src/console/attempt-tally.ts";
import { DemoCrowd } from "../src/console/demo-crowd.ts";
import { BEARER, type OpsDesk, openOpsDesk } from "./ops-desk.ts";
import { ask, openShop, type Shop } from "./shop.ts";

let shop: Shop;
let desk: OpsDesk;
const tally = new AttemptTally();

function supervisor() {
  const sent: unknown[] = [];
  let hear: (message: unknown) => void = () => undefined;
  const crowd = new DemoCrowd({
    send: (message) => sent.push(message),
    onMessage: (listener) => {
      hear = listener;
    },
  });
  return { crowd, sent, tell: (message: unknown) => hear(message) };
}

const boss = supervisor();
beforeEach(async () => {
  const telemetry = tally.before({ emit: () => undefined });
  shop = await openShop(() => ({ telemetry }));
  desk = await openOpsDesk(shop, { tally, crowd: boss.crowd });
});
afterEach(async () => {
  await desk.close();
  await shop.stop();
});

const buy = (sale: string, user: string, quantity = 1) =>
  ask(
    shop.url,
    "POST",
    `/v1/sales/${sale}/checkouts`,
    { "x-user-id": user },
    { items: [{ item_id: "any", quantity }] },
  );
const look = (query = "") => ask(desk.url, "GET", `/v1/admin/console${query}`, BEARER);

it("tells strangers nothing", async () => {
  expect((await ask(desk.url, "GET", "/v1/admin/console")).status).toBe(401);
  expect((await ask(desk.url, "POST", "/v1/admin/crowd")).status).toBe(401);
  expect((await ask(desk.url, "GET", "/console/")).status).toBe(401);
});

it("tells a sale from all sides: units, audit, attempts with reasons, verdicts, queue", async () => {
  const sale = await shop.openSale({ items: 3 });
  for (const user of ["ada", "bob"]) await buy(sale, user);
  await shop.settle();
  await buy(sale, "eve");
  await buy(sale, "mallory");
  const { status, body } = await look(`?sale=${sale}`);
  expect(status).toBe(200);
  expect(body.watched).toMatchObject({
    sale: { id: sale, state: "open", paused: false },
    phase: "open",
    units: { total: 3, sold: 2, held: 1, available: 0 },
    gate: { state: "open", epoch: 1 },
    audit: { clean: true, at_rest: false, violations: [], violations_total: 0 },
    attempts: { held: 3, sold_out: 1 },
    checkouts: { confirmed: 2 },
    queue: { waiting: 0, oldest_job_age_ms: null },
  });
  expect(body).toMatchObject({
    sales: [{ id: sale }],
    dead_letters: { data: [], has_more: false },
    processes: { api: 1 },
    links: { grafana: null },
    faults: [],
  });
});

it("shows the current sale to whoever names none, and what there is where none is", async () => {
  expect((await look()).body).toMatchObject({ watched: null, sales: [], faults: [] });
  const sale = await shop.openSale();
  expect((await look()).body.watched.sale.id).toBe(sale);
  expect((await look("?sale=x-none")).status).toBe(404);
  expect((await look("?sale=no%20id")).status).toBe(400);
});

it("tells what it cannot see, and the rest all the same", async () => {
  const sale = await shop.openSale();
  const away = await openOpsDesk(shop, { queue: { depth: () => Promise.reject(new Error("connection lost")) } });
  const { body } = await ask(away.url, "GET", `/v1/admin/console?sale=${sale}`, BEARER);
  expect(body.watched).toMatchObject({ queue: null, units: { total: 5 } });
  expect(body.faults).toEqual([expect.stringMatching(/^queue: .*connection lost/)]);
  await away.close();
});

it("sends one crowd at a time, says how far it is, and sends none where none may be", async () => {
  const send = () => ask(desk.url, "POST", "/v1/admin/crowd", BEARER);
  expect((await send()).body).toEqual({ state: "preparing", sale_id: null, fault: null });
  await send();
  expect(boss.sent).toEqual([{ kind: "send_crowd" }]);
  boss.tell({ kind: "crowd", state: "buying", saleId: "x-1", fault: null });
  boss.tell({ kind: "something else" });
  expect((await look()).body.crowd).toEqual({ state: "buying", sale_id: "x-1", fault: null });
  await send();
  expect(boss.sent).toHaveLength(1);
  boss.tell({ kind: "crowd", state: "done", saleId: "x-1", fault: null });
  await send();
  expect(boss.sent).toHaveLength(2);
  expect(desk.changes.map(({ action, outcome }) => [action, outcome])).toContainEqual(["send_crowd", "preparing"]);

  const plain = await openOpsDesk(shop);
  expect((await ask(plain.url, "POST", "/v1/admin/crowd", BEARER)).status).toBe(404);
  await plain.close();
});
