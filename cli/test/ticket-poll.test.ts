import { Flashgate } from "@flashgate/client";
import { expect, test } from "vitest";
import { steadyClock } from "../src/clock.ts";
import { pollTickets } from "../src/ticket-poll.ts";
import { type Answer, openShop } from "./shop.ts";

const TICKETS = ["a", "b", "c"].map((id) => ({ checkoutId: id, ticket: `v1.${id}`, units: 1 }));

async function poll(answer: (path: string, nth: number) => Answer, timeoutMs: number) {
  const { asked, url } = await openShop(({ path }, nth) => answer(path, nth));
  const deadlineMs = steadyClock.nowMs() + timeoutMs;
  const client = () => new Flashgate({ baseUrl: url, retriesMax: 0 });
  const parts = { clients: [client(), client()], clock: steadyClock, deadlineMs };
  return { states: await pollTickets(TICKETS, parts), asked };
}

test("asks for each ticket until it has ended", async () => {
  const ends: Record<string, string> = {
    "/v1/tickets/v1.a": "confirmed",
    "/v1/tickets/v1.b": "rejected",
    "/v1/tickets/v1.c": "cancelled",
  };
  const { states, asked } = await poll((path, nth) => {
    const status = nth <= 4 && path.endsWith("b") ? "queued" : (ends[path] ?? "");
    return { status: 200, json: { status } };
  }, 20_000);
  expect(Object.fromEntries(states)).toEqual({ a: "confirmed", b: "rejected", c: "cancelled" });
  expect(asked.length).toBeGreaterThan(3);
});

test("an api that is away for a moment is asked again", async () => {
  const { states } = await poll(
    (_, nth) => (nth <= 2 ? "hang_up" : nth === 3 ? { status: 503 } : { status: 200, json: { status: "confirmed" } }),
    20_000,
  );
  expect(states.size).toBe(3);
});

test("tickets that never end are missing when the time is up", async () => {
  const { states } = await poll(
    (path) => ({ status: 200, json: { status: path.endsWith("a") ? "expired" : "queued" } }),
    300,
  );
  expect(Object.fromEntries(states)).toEqual({ a: "expired" });
});
