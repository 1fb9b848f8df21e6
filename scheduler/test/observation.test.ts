import { generatedCatalogue, recoverGate, type TelemetryEvent } from "@flashgate/core";
import { MemoryGate, MemoryLedger } from "@flashgate/core/testing";
import { beforeEach, describe, expect, it } from "vitest";
import { createObservations } from "../src/observation.ts";

const HALF_PAST_TEN = Date.UTC(2026, 10, 22, 10, 30);
const MINUTE = 60_000;
const DEPTH = { waiting: 1, active: 0, delayed: 0, failed: 0, paused: false, oldestAtMs: HALF_PAST_TEN };

let house: ReturnType<typeof openHouse>;
beforeEach(() => {
  house = openHouse();
});

/** What one scheduler observes of stores in memory. */
function openHouse() {
  const clock = { ms: HALF_PAST_TEN, nowMs: () => clock.ms };
  const ledger = new MemoryLedger(clock);
  const gate = new MemoryGate(clock);
  const events: TelemetryEvent[] = [];
  const telemetry = { emit: (event: TelemetryEvent) => void events.push(event) };
  const queue = { depth: async () => DEPTH };
  const parts = { ledger, gate, opening: gate, queue, clock, telemetry };
  const hire = (over: Partial<typeof parts> = {}, rotation = true) =>
    createObservations({ ...parts, ...over }, { rotation });
  const observe = async (name: "look" | "audit", duties = hire()) => {
    events.length = 0;
    await duties.find((duty) => duty.name === name)?.runOnce();
    return events;
  };
  const open = async (id: string, fromMs: number, toMs: number) => {
    const plan = {
      id,
      opensAtMs: clock.ms + fromMs,
      closesAtMs: clock.ms + toMs,
      settleUntilMs: clock.ms + toMs + MINUTE,
    };
    await ledger.schedule({ ...plan, limitPerUser: 10 }, generatedCatalogue(id, 3));
    await recoverGate({ ledger, opening: gate, clock, telemetry }, id, 0);
  };
  return { clock, ledger, gate, hire, observe, open };
}

const none = { available: 0, held: 0, sold: 0 };

describe("a look", () => {
  it("tells of the sales that are on, and of the queue", async () => {
    await house.open("x-now", -MINUTE, MINUTE);
    await house.open("x-later", MINUTE, 2 * MINUTE);
    await house.open("x-over", -2 * MINUTE, -1);
    expect(await house.observe("look")).toEqual([
      {
        kind: "gates_observed",
        gates: { open: true, epoch: 1, totals: { available: 3, held: 0, sold: 0 } },
        rotationDelayMs: 0,
      },
      { kind: "queue_observed", depth: DEPTH },
    ]);
  });

  it("tells how late this hour's sale is since the scheduler is there, unless nobody wants one", async () => {
    const [wanted, unwanted] = [house.hire(), house.hire({}, false)];
    house.clock.ms += 7_000;
    const gates = { open: true, epoch: 0, totals: none };
    expect(await house.observe("look", wanted)).toContainEqual({
      kind: "gates_observed",
      gates,
      rotationDelayMs: 7_000,
    });
    expect(await house.observe("look", unwanted)).toContainEqual({ kind: "gates_observed", gates, rotationDelayMs: 0 });
  });

  it("goes on by the clock with the sales last seen while the ledger is away", async () => {
    await house.open("x-now", -MINUTE, MINUTE);
    const list = house.ledger.list.bind(house.ledger);
    const duties = house.hire({}, false);
    await house.observe("look", duties);
    house.ledger.list = () => Promise.reject(new Error("postgres is away"));
    expect(await house.observe("look", duties)).toMatchObject([{ gates: { open: true, epoch: 1 } }, {}]);
    house.clock.ms += MINUTE;
    expect(await house.observe("look", duties)).toMatchObject([{ gates: { open: true, epoch: 0, totals: none } }, {}]);
    house.ledger.list = list;
  });

  it("tells that gates are shut and the queue unknown while Redis is away", async () => {
    await house.open("x-now", -MINUTE, MINUTE);
    const away = () => Promise.reject(new Error("redis is away"));
    house.gate.isOpen = away;
    house.gate.totals = away;
    const duties = house.hire({ queue: { depth: away } }, false);
    expect(await house.observe("look", duties)).toMatchObject([
      { gates: { open: false, totals: null } },
      { kind: "queue_observed", depth: null },
    ]);
  });
});

describe("an audit", () => {
  it("reads the books of the sales that have begun and are not sealed", async () => {
    await house.open("x-now", -MINUTE, MINUTE);
    const inspected: string[] = [];
    const inspect = house.gate.inspect.bind(house.gate);
    house.gate.inspect = (saleId) => {
      inspected.push(saleId);
      return inspect(saleId);
    };
    await house.open("x-later", MINUTE, 2 * MINUTE);
    await house.open("x-over", -2 * MINUTE, -1);
    expect(await house.observe("audit")).toEqual([
      { kind: "books_observed", books: { oversoldUnits: 0, drifts: 0, oldestHoldMs: null } },
    ]);
    expect(inspected.sort()).toEqual(["x-now", "x-over"]);
  });

  it("fails, to be made again, while a store is away: what it told last stands", async () => {
    await house.open("x-now", -MINUTE, MINUTE);
    house.gate.inspect = () => Promise.reject(new Error("redis is away"));
    await expect(house.observe("audit")).rejects.toThrow("redis is away");
  });
});
