import {
  type Admission,
  type Demand,
  generatedCatalogue,
  HOUR_MS,
  hourlySale,
  type ReserveReply,
  SaleBoard,
} from "@flashgate/core";
import { describe, expect, it } from "vitest";
import { REMEMBERED_MS, SoldOutMemory } from "../src/sold-out-memory.ts";

const NOW = Date.UTC(2026, 10, 22, 10, 30);
const plan = hourlySale(NOW - (NOW % HOUR_MS));
const any = (units: number): Demand => ({ lines: [], any: units });
const named = (itemId: string): Demand => ({ lines: [{ itemId, quantity: 1 }], any: 0 });

/** A memory over a gate that says what it is told to, and counts how often it was asked. */
function openMemory() {
  const clock = { ms: NOW, nowMs: () => clock.ms };
  const gate = { asked: 0, reply: { kind: "sold_out" } as ReserveReply };
  const unused = () => Promise.reject(new Error("nobody adds or purchases"));
  const admission: Admission = {
    reserve: async () => {
      gate.asked += 1;
      return gate.reply;
    },
    addLines: unused,
    purchase: unused,
  };
  const board = new SaleBoard();
  const sale = { ...plan, totalItems: 2, itemsSold: 0, itemsHeld: 2, epoch: 1, openEpoch: 1 } as const;
  const items = generatedCatalogue(plan.id, 2).map((item, index) => ({
    ...item,
    saleId: plan.id,
    position: index + 1,
    sold: 0,
    held: 1,
  }));
  const state = { state: "open", paused: false, pauseVersion: 0, attempts: "all" } as const;
  board.load({ sale: { ...sale, ...state }, items, totals: { available: 0, held: 2, sold: 0 }, stock: null });
  const memory = new SoldOutMemory({ admission, board, clock });
  const reserve = (demand = any(1), key = "", saleId = plan.id) =>
    memory.reserve({ saleId, checkoutId: "c", userId: "u", mode: "submitted", demand, key, fingerprint: "" });
  return { clock, gate, board, reserve };
}

describe("what a gate said of a sold-out sale", () => {
  it("is said again for a while, and then asked for again", async () => {
    const { clock, gate, reserve } = openMemory();
    await reserve();
    for (const atMs of [0, 1, REMEMBERED_MS]) {
      clock.ms = NOW + atMs;
      expect(await reserve()).toEqual({ kind: "sold_out" });
    }
    expect(gate.asked).toBe(1);
    clock.ms = NOW + REMEMBERED_MS + 1;
    await reserve();
    expect(gate.asked).toBe(2);
    // a clock that was set back does not make it last
    clock.ms = NOW;
    await reserve();
    expect(gate.asked).toBe(3);
  });

  it("counts from when the gate was asked, not from its answer", async () => {
    const { clock, gate, reserve } = openMemory();
    const first = reserve();
    clock.ms = NOW + REMEMBERED_MS + 1;
    await first;
    await reserve();
    expect(gate.asked).toBe(2);
  });

  it("is of so many units: fewer may be left", async () => {
    const { gate, reserve } = openMemory();
    await reserve(any(3));
    await reserve(any(4));
    await reserve(named("i00001"));
    expect(gate.asked).toBe(2);
    // the smaller size stays what is known
    await reserve(any(3));
    await reserve(any(1));
    expect(gate.asked).toBe(2);
  });

  it("is of one sale", async () => {
    const { gate, reserve } = openMemory();
    await reserve();
    await reserve(any(1), "", "x-other");
    expect(gate.asked).toBe(2);
  });

  it("is not told to a request with a key, which may have its checkout already", async () => {
    const { gate, reserve } = openMemory();
    await reserve();
    gate.reply = { kind: "replayed", epoch: 1, checkoutId: "c", hold: null };
    expect(await reserve(any(1), "order-1")).toMatchObject({ kind: "replayed" });
  });

  it("is not told to who asks for an item that the sale does not have", async () => {
    const { gate, reserve } = openMemory();
    await reserve();
    gate.reply = { kind: "unknown_item", itemId: "none" };
    expect(await reserve(named("none"))).toMatchObject({ kind: "unknown_item" });
    expect(await reserve(named("i00002"))).toEqual({ kind: "sold_out" });
  });

  it("is over when the board hears of anything, which may be units that were given back", async () => {
    const { gate, board, reserve } = openMemory();
    await reserve();
    const settled = { kind: "settled", saleId: plan.id, epoch: 1, judged: [], soldUnits: new Map() } as const;
    board.apply({ ...settled, totals: { available: 1, held: 1, sold: 0 }, stock: new Map([["i00001", 1]]) });
    gate.reply = { kind: "backlog_full" };
    expect(await reserve()).toEqual({ kind: "backlog_full" });
    expect(gate.asked).toBe(2);
  });

  it("is nothing but sold_out", async () => {
    const { gate, reserve } = openMemory();
    gate.reply = { kind: "gate_shut" };
    await reserve();
    await reserve();
    expect(gate.asked).toBe(2);
  });
});
