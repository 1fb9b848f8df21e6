import { type Page, reserveCheckout, type Telemetry } from "@flashgate/core";
import { MemoryGate, MemoryLedger } from "@flashgate/core/testing";
import { beforeEach, describe, expect, it } from "vitest";
import { readConfig } from "../src/config.ts";
import { createDuties } from "../src/duties.ts";

const HALF_PAST_TEN = Date.UTC(2026, 10, 22, 10, 30);
const MINUTE = 60_000;
const SALE = "2026112210";

let house: ReturnType<typeof openHouse>;
beforeEach(() => {
  house = openHouse();
});

/** One scheduler's duties over memory; `beat` runs each of them once. */
function openHouse() {
  const clock = { ms: HALF_PAST_TEN, nowMs: () => clock.ms };
  const ledger = new MemoryLedger(clock);
  const gate = new MemoryGate(clock);
  const pages: Page[] = [];
  const queue = { submit: () => undefined, enqueue: async (page: Page) => void pages.push(page) };
  const telemetry: Telemetry = { emit: () => undefined };
  const parts = { ledger, holds: gate, opening: gate, queue, clock, telemetry };
  const hire = (rotation = true) => createDuties(parts, { rotation });
  const beat = async (duties = first, ...names: string[]) => {
    for (const duty of duties) if (names.length === 0 || names.includes(duty.name)) await duty.runOnce();
  };
  const first = hire();
  const reserve = (checkoutId: string) =>
    reserveCheckout(
      { admission: gate, queue, ids: { checkoutId: () => checkoutId, saleId: () => "" }, clock, telemetry },
      { saleId: SALE, userId: checkoutId, mode: "submitted", demand: { lines: [], any: 1 }, key: "", fingerprint: "" },
    );
  return { clock, ledger, gate, pages, hire, beat, reserve };
}

describe("a scheduler's duties", () => {
  it("open the running hour's sale at whatever minute they begin, and the next one a minute ahead", async () => {
    await house.beat();
    expect(await house.ledger.find(SALE)).toMatchObject({ state: "open", epoch: 1 });
    expect((await house.reserve("c1")).kind).toBe("accepted");
    expect(await house.ledger.find("2026112211")).toMatchObject({ state: "scheduled" });
    house.clock.ms += 29 * MINUTE;
    await house.beat();
    expect(await house.ledger.find("2026112211")).toMatchObject({ state: "open", epoch: 1 });
    expect(await house.ledger.find("2026112212")).toMatchObject({ state: "scheduled" });
  });

  it("make and open one sale an hour, three schedulers together", async () => {
    const all = [house.hire(), house.hire(), house.hire()];
    await Promise.all(all.map((duties) => house.beat(duties)));
    const sales = await house.ledger.list({ limit: 100 });
    expect(sales.map(({ id, epoch }) => [id, epoch])).toEqual([
      ["2026112212", 0],
      ["2026112211", 0],
      [SALE, 1],
    ]);
  });

  it("recover a gate that stays shut, and take over a recovery that got stuck", async () => {
    await house.beat();
    house.gate.restart();
    await house.beat(undefined, "recover");
    expect(await house.ledger.find(SALE)).toMatchObject({ epoch: 1 });
    house.clock.ms += 1_500;
    await house.beat(undefined, "recover");
    expect(await house.ledger.find(SALE)).toMatchObject({ epoch: 2, openEpoch: 2, state: "open" });
    await house.ledger.beginRecovery(SALE, 2);
    await house.beat(undefined, "recover");
    house.clock.ms += 1_500;
    await house.beat(undefined, "recover");
    expect(await house.ledger.find(SALE)).toMatchObject({ epoch: 3, state: "recovering" });
    house.clock.ms += 2_000;
    await house.beat(undefined, "recover");
    expect(await house.ledger.find(SALE)).toMatchObject({ epoch: 4, openEpoch: 4, state: "open" });
  });

  it("grow more patient with a recovery that is overtaken again and again", async () => {
    await house.beat();
    house.gate.restart();
    const epochAfter = async (ms: number) => {
      house.clock.ms += ms;
      await house.beat(undefined, "recover");
      return (await house.ledger.find(SALE))?.epoch ?? 0;
    };
    expect(await epochAfter(0)).toBe(1);
    await house.ledger.beginRecovery(SALE, 1);
    expect(await epochAfter(5_000)).toBe(2);
    expect(await epochAfter(5_000)).toBe(2);
    expect(await epochAfter(2_000)).toBe(3);
    expect(await house.gate.isOpen(SALE, 3)).toBe(true);
  });

  it("begin no recovery while Redis cannot be asked", async () => {
    await house.beat();
    const isOpen = house.gate.isOpen.bind(house.gate);
    house.gate.isOpen = () => Promise.reject(new Error("redis is away"));
    for (let times = 0; times < 3; times += 1) {
      house.clock.ms += 5_000;
      await expect(house.beat(undefined, "recover")).rejects.toThrow("redis is away");
    }
    house.gate.isOpen = isOpen;
    await house.beat(undefined, "recover");
    expect(await house.ledger.find(SALE)).toMatchObject({ epoch: 1, state: "open" });
  });

  it("tell a gate of a pause whose author died before it did", async () => {
    await house.beat();
    await house.ledger.setPaused(SALE, true);
    expect((await house.reserve("c1")).kind).toBe("accepted");
    await house.beat(undefined, "recover");
    expect((await house.reserve("c2")).kind).toBe("sale_paused");
    await house.ledger.setPaused(SALE, false);
    await house.beat(undefined, "recover");
    expect((await house.reserve("c2")).kind).toBe("accepted");
    expect(await house.ledger.find(SALE)).toMatchObject({ epoch: 1 });
  });

  it("page lost holds again, expire what nobody judged, close the hour and retire its gate", async () => {
    await house.beat();
    await house.reserve("c1");
    house.clock.ms += 3_000;
    await house.beat(undefined, "sweep");
    expect(house.pages).toEqual([{ saleId: SALE, epoch: 1, checkoutIds: ["c1"] }]);
    house.clock.ms = Date.UTC(2026, 10, 22, 11, 15);
    await house.beat();
    expect(await house.ledger.find(SALE)).toMatchObject({ state: "closed", itemsHeld: 0 });
    expect((await house.ledger.records(SALE, ["c1"]))[0]?.status.state).toBe("expired");
    expect(await house.gate.isOpen(SALE, 1)).toBe(false);
  });

  it("look after custom sales where hourly ones are not wanted", async () => {
    const plan = {
      id: "x-1",
      opensAtMs: HALF_PAST_TEN,
      closesAtMs: HALF_PAST_TEN + MINUTE,
      settleUntilMs: HALF_PAST_TEN + 2 * MINUTE,
    };
    await house.ledger.schedule({ ...plan, limitPerUser: 1 }, [
      { id: "a", name: "a", imageUrl: "/a", priceMinor: 1, stock: 1 },
    ]);
    await house.beat(house.hire(false));
    expect((await house.ledger.list({ limit: 9 })).map(({ id, state }) => [id, state])).toEqual([["x-1", "open"]]);
  });
});

it("the scheduler's environment names every fault at once", () => {
  const faults = () => readConfig({ ROTATION: "maybe", BACKLOG_MAX: "-1" });
  for (const name of ["DATABASE_URL", "REDIS_URL", "ROTATION", "BACKLOG_MAX"]) expect(faults).toThrow(name);
});

it("the scheduler's environment says what the sales it makes keep of attempts", () => {
  const good = { DATABASE_URL: "postgres://x", REDIS_URL: "redis://x" };
  expect(readConfig(good).ATTEMPTS).toBe("all");
  for (const attempts of ["accepted", "off"])
    expect(readConfig({ ...good, ATTEMPTS: attempts }).ATTEMPTS).toBe(attempts);
  expect(() => readConfig({ ...good, ATTEMPTS: "some" })).toThrow("ATTEMPTS");
});
