import { type AnsweredRequest, createUserHash, LogLines, RequestLog } from "@flashgate/monitoring";
import { describe, expect, it } from "vitest";
import { writtenLines } from "./written-lines.ts";

function openLog() {
  const clock = { ms: 0, nowMs: () => clock.ms };
  const { logger, records } = writtenLines();
  const log = new RequestLog({ lines: new LogLines(logger), clock, hashUser: (userId) => `hash of ${userId}` });
  const note = (over: Partial<AnsweredRequest> = {}, times = 1) => {
    for (let nth = 0; nth < times; nth += 1) log.note({ ...ACCEPTED, ...over });
  };
  return { clock, note, records };
}

const ACCEPTED: AnsweredRequest = {
  requestId: "request-1",
  outcome: "held",
  route: "/v1/sales/:sale/checkouts",
  method: "POST",
  status: 202,
  durationMs: 4,
};
const SOLD_OUT = { outcome: "sold_out", status: 409 } as const;

describe("a request's line", () => {
  it("tells a refused one by everything that is known of it, its user by a hash", () => {
    const { note, records } = openLog();
    note({ ...SOLD_OUT, userId: "ada", saleId: "s", checkoutId: "c", gateMs: 2, traceId: "t" });
    expect(records()).toEqual([
      {
        level: "info",
        time: expect.any(String),
        service: "worker",
        pid: process.pid,
        request_id: "request-1",
        trace_id: "t",
        sale_id: "s",
        checkout_id: "c",
        user_hash: "hash of ada",
        outcome: "sold_out",
        gate_ms: 2,
        route: "/v1/sales/:sale/checkouts",
        method: "POST",
        status: 409,
        duration_ms: 4,
        msg: "request refused",
      },
    ]);
    expect(JSON.stringify(records())).not.toContain('"ada"');
  });

  it("warns of one that could not be served", () => {
    const { note, records } = openLog();
    note({ outcome: "gate_shut", status: 503 });
    expect(records()).toMatchObject([{ level: "warn", outcome: "gate_shut", status: 503 }]);
  });

  it("is written for one in a hundred of the accepted", () => {
    const { note, records } = openLog();
    note({}, 1_000);
    expect(records()).toHaveLength(10);
    expect(records()[0]).toMatchObject({ outcome: "held", msg: "request accepted" });
  });

  it("is written for each refused one, but not for a whole crowd, and says how many it left out", () => {
    const { clock, note, records } = openLog();
    note(SOLD_OUT, 100_000);
    expect(records()).toHaveLength(500);
    note({ outcome: "malformed", status: 400 });
    expect(records()).toHaveLength(501);
    clock.ms += 1_000;
    note(SOLD_OUT, 100_000);
    expect(records()).toHaveLength(521);
    expect(records()[501]).toMatchObject({ outcome: "sold_out", left_out: 99_500 });
    expect(records()[502]).not.toHaveProperty("left_out");
  });
});

describe("a user's hash", () => {
  it("is the same of every process with the secret, and another with another", () => {
    const hash = createUserHash("a secret of at least 32 bytes, say");
    expect(hash("ada")).toMatch(/^[0-9a-f]{16}$/);
    expect(createUserHash("a secret of at least 32 bytes, say")("ada")).toBe(hash("ada"));
    expect(hash("bob")).not.toBe(hash("ada"));
    expect(createUserHash("another secret of 32 bytes or more")("ada")).not.toBe(hash("ada"));
  });
});
