import { formatTicket } from "@flashgate/core";
import { describe, expect, test } from "vitest";
import type { Answer } from "../src/siege/crowd/front-door.ts";
import { outcomeOf } from "../src/siege/crowd/outcome.ts";
import { readTicketBody } from "../src/siege/crowd/ticket.ts";

const TICKET = { checkoutId: "c1", saleId: "x-1", epoch: 7, userId: "ada", reservedAtMs: 5, lines: [] };
const SEALED = `v1.key.${Buffer.from(formatTicket(TICKET)).toString("base64url")}.signature`;

function answer(status: number, body: object | string, retryAfterMs: number | null = null): Answer {
  return { kind: "answer", status, body: typeof body === "string" ? body : JSON.stringify(body), retryAfterMs };
}

const BODY = {
  id: "c1",
  ticket: SEALED,
  status: "reserved",
  items: [
    { item_id: "b", quantity: 1 },
    { item_id: "a", quantity: 2 },
    { item_id: "b", quantity: 1 },
  ],
  expires_at: "1970-01-01T00:00:09.000Z",
};

test("a ticket says its opening, and its lines in the one order in which they are compared", () => {
  expect(readTicketBody(JSON.stringify(BODY))).toEqual({
    checkoutId: "c1",
    sealed: SEALED,
    epoch: 7,
    state: "reserved",
    lines: "a:2,b:2",
    expiresAtMs: 9_000,
    decidedAtMs: null,
  });
  const decided = { ...BODY, status: "rejected", code: "gate_lost", items: [], decided_at: "1970-01-01T00:00:08.000Z" };
  expect(readTicketBody(JSON.stringify(decided))).toMatchObject({
    state: "rejected:gate_lost",
    lines: "",
    decidedAtMs: 8_000,
  });
});

describe("an answer is", () => {
  test.each([200, 202])("ok with a ticket: %i", (status) => {
    expect(outcomeOf(answer(status, BODY))).toMatchObject({ kind: "ok", ticket: { checkoutId: "c1", epoch: 7 } });
  });

  test.each([
    [400, "malformed"],
    [403, "user_limit"],
    [404, "ticket_not_found"],
    [409, "sold_out"],
    [422, "key_reused"],
    [429, "rate_limited"],
    [503, "gate_shut"],
    [503, "backlog_full"],
    [503, "sale_paused"],
  ])("a refusal that did nothing: %i %s", (status, code) => {
    expect(outcomeOf(answer(status, { code }, 1_000))).toEqual({ kind: "fail", code, retryAfterMs: 1_000 });
  });

  test.each([
    [500, { code: "internal" }, "internal"],
    [502, "<html>", "502"],
    [503, { code: "unavailable" }, "unavailable"],
    [503, "busy", "503"],
    [202, { id: "c1" }, "unreadable"],
    [202, '{"id":"c', "unreadable"],
  ])("unknown where it does not say that nothing was done: %i %o", (status, body, code) => {
    expect(outcomeOf(answer(status, body))).toEqual({ kind: "info", code, retryAfterMs: null, named: null });
  });

  test("unknown but named, where the api says which checkout it would be", () => {
    const outcome = outcomeOf(answer(503, { code: "outcome_unknown", ticket: SEALED }, 1_000));
    const named = { checkoutId: "c1", sealed: SEALED };
    expect(outcome).toEqual({ kind: "info", code: "outcome_unknown", retryAfterMs: 1_000, named });
  });

  test("a refusal where nobody was there to read the request, and unknown where the answer was lost", () => {
    expect(outcomeOf({ kind: "unsent", why: "ECONNREFUSED" })).toMatchObject({ kind: "fail", code: "unsent" });
    expect(outcomeOf({ kind: "lost", why: "UND_ERR_SOCKET" })).toMatchObject({ kind: "info", code: "connection_lost" });
    expect(outcomeOf({ kind: "lost", why: "UND_ERR_HEADERS_TIMEOUT" })).toMatchObject({
      kind: "info",
      code: "timeout",
    });
    expect(outcomeOf({ kind: "lost", why: "vanished" })).toMatchObject({ kind: "info", code: "vanished" });
  });
});
