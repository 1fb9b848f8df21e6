import { type Hold, TRIES_MAX } from "@flashgate/core";
import { v7 as uuidv7 } from "uuid";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { AdminChange } from "../src/admin/routes.ts";
import { BEARER, type OpsDesk, openOpsDesk } from "./ops-desk.ts";
import { ask, openShop, type Shop } from "./shop.ts";

let shop: Shop;
let sale: string;
let ops: OpsDesk;
let changes: AdminChange[];

beforeEach(async () => {
  shop = await openShop();
  sale = await shop.openSale({ items: 5 });
  ops = await openOpsDesk(shop);
  changes = ops.changes;
});
afterEach(async () => {
  await Promise.all([shop.stop(), ops.close()]);
});

const asked = (method: string, path: string) => ask(ops.url, method, `/v1/admin/dead-letters${path}`, BEARER);

/** A checkout that is a dead letter. */
async function letter(userId: string): Promise<{ readonly id: string; readonly ticket: string }> {
  const body = { items: [{ item_id: "any", quantity: 1 }] };
  const bought = await ask(shop.url, "POST", `/v1/sales/${sale}/checkouts`, { "x-user-id": userId }, body);
  const [hold] = (await shop.gate.read(sale, 1, [bought.body.id])) as [Hold];
  const failure = { saleId: sale, epoch: 1, hold, cause: "23514: no" };
  for (let tries = 0; tries < TRIES_MAX; tries += 1) await shop.ledger.recordFailure(failure);
  shop.queue.pages.length = 0;
  return bought.body;
}

const statusOf = async (ticket: string) => (await ask(shop.url, "GET", `/v1/tickets/${ticket}`)).body.status;

describe("GET /v1/admin/dead-letters", () => {
  it("tells which, whose, why and since when, page by page, the oldest first", async () => {
    const ids: string[] = [];
    for (const user of ["u", "v", "w"]) ids.push((await letter(user)).id);
    const first = await asked("GET", `?sale=${sale}&limit=2`);
    expect(first.body).toEqual({
      data: [
        {
          checkout_id: ids[0],
          sale_id: sale,
          user_id: "u",
          epoch: 1,
          cause: "23514: no",
          tries: TRIES_MAX,
          first_failed_at: "2026-11-22T10:30:00.000Z",
          last_failed_at: "2026-11-22T10:30:00.000Z",
        },
        expect.objectContaining({ checkout_id: ids[1] }),
      ],
      has_more: true,
    });
    const second = await asked("GET", `?limit=2&starting_after=${ids[1]}`);
    expect(second.body).toMatchObject({ data: [{ checkout_id: ids[2] }], has_more: false });
    const other = await shop.openSale();
    expect((await asked("GET", `?sale=${other}`)).body).toEqual({ data: [], has_more: false });
  });

  it.each(["limit=0", "starting_after=x", "sale=a%20b", "sale=x-none", "colour=red"])("refuses ?%s", async (query) => {
    for (const [method, path] of [["GET", ""], ...(/^(sale|colour)/.test(query) ? [["POST", "/retry"]] : [])]) {
      const reply = await asked(method ?? "", `${path}?${query}`);
      expect(reply.body).toMatchObject({ status: 400, errors: [{ field: query.split("=")[0] }] });
    }
  });
});

describe("POST /v1/admin/dead-letters/{id}/retry", () => {
  it("sends the checkout to the judge again, and may be repeated", async () => {
    const { id, ticket } = await letter("u");
    const sent = { checkout_id: id, sale_id: sale, outcome: "sent", verdict: null };
    for (let times = 0; times < 2; times += 1) expect((await asked("POST", `/${id}/retry`)).body).toEqual(sent);
    expect((await asked("GET", "")).body.data).toEqual([]);
    await shop.settle();
    expect(await statusOf(ticket)).toBe("confirmed");
    const again = await asked("POST", `/${id}/retry`);
    expect(again.body).toEqual({ ...sent, outcome: "decided", verdict: { state: "confirmed" } });
    const change = { holder: expect.stringMatching(/^ops:/), action: "retry_letter", saleId: sale, checkoutId: id };
    expect(changes).toEqual(["sent", "sent", "decided"].map((outcome) => ({ ...change, outcome })));
  });

  it("waits for the recovery of a gate that has lost the checkout, and then tells that it is lost", async () => {
    const { id } = await letter("u");
    shop.gate.server.restart(new Map());
    const shut = await asked("POST", `/${id}/retry`);
    expect([shut.status, shut.body.code, shut.headers["retry-after"]]).toEqual([503, "gate_shut", "1"]);
    await shop.recover(sale);
    const verdict = { state: "rejected", reason: "gate_lost" };
    expect((await asked("POST", `/${id}/retry`)).body).toMatchObject({ outcome: "decided", verdict });
  });

  it("is done to all of a sale's at once, or to every one", async () => {
    for (const user of ["u", "v"]) await letter(user);
    const other = await shop.openSale();
    const none = { sent: 0, decided: 0, not_held: 0 };
    expect((await asked("POST", `/retry?sale=${other}`)).body).toEqual(none);
    expect((await asked("POST", "/retry")).body).toEqual({ ...none, sent: 2 });
    await shop.settle();
    expect((await shop.ledger.find(sale))?.itemsSold).toBe(2);
    expect(changes.map(({ action, saleId, outcome }) => [action, saleId, outcome])).toEqual([
      ["retry_letters", other, "sent 0, decided 0, not_held 0"],
      ["retry_letters", "all", "sent 2, decided 0, not_held 0"],
    ]);
  });
});

describe("POST /v1/admin/dead-letters/{id}/give-up", () => {
  it("cancels the checkout and gives its units back, and may be repeated", async () => {
    const { id, ticket } = await letter("u");
    const given = { checkout_id: id, sale_id: sale, outcome: "decided", verdict: { state: "cancelled" } };
    for (let times = 0; times < 2; times += 1) expect((await asked("POST", `/${id}/give-up`)).body).toEqual(given);
    expect(await statusOf(ticket)).toBe("cancelled");
    expect((await shop.gate.totals(sale))?.totals).toEqual({ available: 5, held: 0, sold: 0 });
    expect(changes).toMatchObject([
      { action: "give_up_letter", saleId: sale, checkoutId: id, outcome: "cancelled" },
      { action: "give_up_letter", outcome: "cancelled" },
    ]);
  });

  it("says so where the ledger cannot take a verdict either", async () => {
    const { id } = await letter("u");
    shop.ledger.entomb = async () => [];
    const reply = await asked("POST", `/${id}/give-up`);
    expect([reply.status, reply.body.code]).toEqual([409, "not_writable"]);
    expect((await shop.gate.totals(sale))?.totals.held).toBe(1);
    expect(changes).toMatchObject([{ outcome: "not_writable" }]);
  });
});

it.each(["retry", "give-up"])("POST …/%s is 404 where no checkout of that id ever failed", async (verb) => {
  for (const id of [uuidv7(), "nobody's", "%00"]) {
    expect((await asked("POST", `/${id}/${verb}`)).body).toMatchObject({ status: 404, code: "checkout_not_found" });
  }
  expect(changes).toEqual([]);
  expect(shop.errors).toEqual([]);
});
