import { expect, test } from "vitest";
import { steadyClock } from "../src/clock.ts";
import type { Connection } from "../src/connection.ts";
import { errand, goShopping } from "../src/shopper.ts";
import { Tally } from "../src/tally.ts";
import { accepted, connectTo, openShop, refused } from "./shop.ts";

async function shop(connection: Connection, crowdMs = 60_000) {
  const tally = new Tally();
  const parts = { tally, clock: steadyClock, overAtMs: steadyClock.nowMs() + crowdMs };
  const outcome = await goShopping("ada", errand("x-1", 2), connection, parts, steadyClock.nowMs());
  return { tally, outcome };
}

test("a shopper asks for any units, once, and keeps the ticket", async () => {
  const { connect, asked } = await openShop(() => accepted("c1"));
  const { tally, outcome } = await shop(connect());
  expect(outcome).toBe("served");
  expect(tally.acknowledged).toEqual([{ checkoutId: "c1", ticket: "ticket-c1", units: 2 }]);
  expect(tally.units).toBe(2);
  expect(asked).toEqual([
    expect.objectContaining({
      method: "POST",
      path: "/v1/sales/x-1/checkouts",
      body: '{"items":[{"item_id":"any","quantity":2}]}',
      headers: expect.objectContaining({ "x-user-id": "ada", "idempotency-key": "once" }),
    }),
  ]);
});

test("a refusal is final, by its code", async () => {
  const { connect, asked } = await openShop(() => refused(409, "sold_out"));
  const { tally, outcome } = await shop(connect());
  expect(outcome).toBe("refused");
  expect([...tally.refusals]).toEqual([["sold_out", 1]]);
  expect(asked).toHaveLength(1);
});

test.each([
  [503, "gate_shut"],
  [429, "too_many_requests"],
])("after %i the same request is sent again, and the wait counts", async (status, code) => {
  const { connect, asked } = await openShop((_, nth) => (nth < 3 ? refused(status, code, 0.05) : accepted("c1")));
  const { tally, outcome } = await shop(connect());
  expect(outcome).toBe("served");
  expect([...tally.retries]).toEqual([[code, 2]]);
  expect(
    new Set(asked.map(({ headers, body }) => `${headers["x-user-id"]} ${headers["idempotency-key"]} ${body}`)).size,
  ).toBe(1);
  expect(tally.latencyMs.summary().max).toBeGreaterThanOrEqual(95);
  expect(tally.serverErrors.size).toBe(0);
});

test("a connection that breaks is tried again: the checkout may be there", async () => {
  const { connect, asked } = await openShop((_, nth) => (nth === 1 ? "hang_up" : accepted("c1")));
  const { tally, outcome } = await shop(connect());
  expect(outcome).toBe("served");
  expect([...tally.retries]).toEqual([["no_answer", 1]]);
  expect(asked).toHaveLength(2);
});

test("a 5xx other than 503 is counted as such, and not tried again", async () => {
  const { connect, asked } = await openShop(() => ({ status: 500, json: { code: "internal" } }));
  const { tally, outcome } = await shop(connect());
  expect(outcome).toBe("refused");
  expect([...tally.serverErrors]).toEqual([["500", 1]]);
  expect(asked).toHaveLength(1);
});

test("a refusal without a readable body goes by its status", async () => {
  const { connect } = await openShop(() => ({ status: 404 }));
  expect([...(await shop(connect())).tally.refusals]).toEqual([["404", 1]]);
});

test("nobody waits past the end of the crowd", async () => {
  const { connect, asked } = await openShop(() => refused(503, "gate_shut", 4));
  const { tally, outcome } = await shop(connect(), 3_000);
  expect(outcome).toBe("gave_up");
  expect(tally.gaveUp).toBe(1);
  expect(asked).toHaveLength(1);
});

test("an api that is not there is no answer", async () => {
  expect((await shop(connectTo("http://127.0.0.1:1"), 0)).outcome).toBe("gave_up");
});
