import { hourlySale, type SaleLedger, Watcher, type WatcherParts } from "@flashgate/core";
import { inTime } from "@flashgate/monitoring";
import { expect, test } from "vitest";
import { chosenSale } from "../src/chosen-sale.ts";
import { faultLine } from "../src/fault-line.ts";
import type { OpsReading } from "../src/watch/ops-ports.ts";
import { NOW, openWatchHouse } from "./watch-house.ts";

interface Over extends Partial<WatcherParts<OpsReading>> {
  readonly ledger?: Pick<SaleLedger, "find" | "list">;
}

async function openWatch({ ledger: watched, ...over }: Over = {}, choice = "x-1") {
  const house = await openWatchHouse();
  const { clock, ledger, gate, progress, queue } = house;
  const choose = () => chosenSale(watched ?? ledger, choice, clock);
  const looking = { clock, inTime, faultLine };
  const parts = { choose, progress, gate, opening: gate, queue, ops: null, wallClock: clock, looking };
  return { ...house, watcher: new Watcher<OpsReading>({ ...parts, ...over }) };
}

test("a sale is seen from all sides", async () => {
  const { watcher, buy, clock } = await openWatch();
  await watcher.look();
  await buy("ada", 3);
  await buy("bob", 2, false);
  clock.ms += 2_000;
  const reading = await watcher.look();
  expect(reading).toMatchObject({
    atMs: NOW + 2_000,
    phase: "open",
    totals: { available: 5, held: 2, sold: 3 },
    soldPerS: 1.5,
    gate: "open",
    progress: { checkouts: { confirmed: 1 }, lagMs: null },
    queue: { waiting: 0, oldestAtMs: null },
    ops: null,
    faults: [],
  });
});

test("what is costly is looked at once a second, however often it is asked for", async () => {
  let walks = 0;
  const progress = {
    progress: async () => {
      walks += 1;
      return { checkouts: { confirmed: walks }, lagMs: null };
    },
  };
  const { watcher, clock } = await openWatch({ progress });
  const seen: (number | undefined)[] = [];
  for (let look = 0; look < 9; look += 1) {
    seen.push((await watcher.look()).progress?.checkouts["confirmed"]);
    clock.ms += 250;
  }
  expect(seen).toEqual([1, 1, 1, 1, 2, 2, 2, 2, 3]);
});

test("what is away is told, and the rest is seen all the same", async () => {
  const queue = { depth: () => Promise.reject(new Error("connect ECONNREFUSED")) };
  const ops = { read: () => Promise.reject(new Error("no token")) };
  const { watcher } = await openWatch({ queue, ops });
  expect(await watcher.look()).toMatchObject({
    totals: { available: 10 },
    queue: null,
    ops: null,
    faults: ["queue: connect ECONNREFUSED", "ops: no token"],
  });
});

test("a ledger or a gate that goes away hides nothing of what is known, and comes back", async () => {
  const house = await openWatch();
  let away = false;
  const orAway = <Value>(read: () => Promise<Value>) => (away ? Promise.reject(new Error("gone")) : read());
  const { ledger, gate } = house;
  const watched = await openWatch({
    ledger: { find: (id) => orAway(() => ledger.find(id)), list: (filter) => orAway(() => ledger.list(filter)) },
    gate: { totals: (id) => orAway(() => gate.totals(id)) },
    opening: { isOpen: (id, epoch) => orAway(() => gate.isOpen(id, epoch)) },
  });
  await watched.watcher.look();
  away = true;
  expect(await watched.watcher.look()).toMatchObject({
    sale: { id: "x-1" },
    totals: { available: 10, held: 0, sold: 0 },
    gate: "unknown",
    faults: ["postgres: gone", "redis: gone", "gate: gone"],
  });
  away = false;
  expect(await watched.watcher.look()).toMatchObject({ gate: "open", faults: [] });
});

test("a gate that was shut, is being opened, was never opened or closed for good is called so", async () => {
  const { watcher, gate, ledger, saleId, clock } = await openWatch();
  await gate.shut(saleId, 2, 1);
  expect((await watcher.look()).gate).toBe("shut");
  await ledger.beginRecovery(saleId, 1);
  expect((await watcher.look()).gate).toBe("recovering");
  clock.ms += 900_000;
  await ledger.close(saleId);
  expect(await watcher.look()).toMatchObject({ gate: "closed", phase: "ended" });
  const next = await openWatch({}, "x-next");
  await next.ledger.schedule({ ...hourlySale(NOW + 3_600_000), id: "x-next" }, []);
  expect(await next.watcher.look()).toMatchObject({ gate: "not_opened", phase: "scheduled" });
});

test("current moves on to the next sale, of which nothing is known yet", async () => {
  const { watcher, ledger, clock, buy } = await openWatch({}, "current");
  await buy("ada", 4);
  expect(await watcher.look()).toMatchObject({ sale: { id: "x-1" }, totals: { sold: 4 } });
  await ledger.schedule({ ...hourlySale(NOW + 1_800_000), id: "x-2" }, []);
  clock.ms += 1_800_000;
  expect(await watcher.look()).toMatchObject({
    sale: { id: "x-2" },
    totals: { sold: 0 },
    soldPerS: null,
    progress: { checkouts: {} },
  });
});

test("a sale that is not there is said at once, with the way to find one", async () => {
  const { watcher } = await openWatch({}, "x-none");
  await expect(watcher.look()).rejects.toThrow(
    'The ledger knows no sale "x-none": list them with "flashgate sale list"',
  );
  const odd = await openWatch({}, "no sale's id\0");
  await expect(odd.watcher.look()).rejects.toThrow("knows no sale");
});
