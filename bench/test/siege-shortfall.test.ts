import { describe, expect, it } from "vitest";
import type { Fault } from "../src/siege/fault.ts";
import { FaultLog } from "../src/siege/fault-log.ts";
import { hinders, type Reopening } from "../src/siege/reopening.ts";
import { lostAfterEnd } from "../src/siege/sale-audits.ts";
import { type Exercised, type Floors, shortfalls } from "../src/siege/shortfall.ts";

const floors: Floors = {
  promised: { kills: { api: 2, worker: 2, scheduler: 1, redis: 1, postgres: 1 }, stopsAndPartitions: 2, losses: 2 },
  attempts: 100,
  acknowledged: 30,
  eachVerdict: 10,
  holdsLost: 60,
  reopenings: 1,
  reopenMsMax: 5_000,
  settleMsMax: 120_000,
};

const reopening = (tookMs: number | null, ...disturbedBy: string[]): Reopening => ({
  cause: "kill redis",
  backAtMs: 0,
  tookMs,
  disturbedBy,
});

/** A run that did exactly what it had to. */
const enough: Exercised = {
  faults: new Map([
    ["kill api", 2],
    ["kill worker", 2],
    ["kill scheduler", 1],
    ["kill redis", 1],
    ["kill postgres", 1],
    ["stop redis", 1],
    ["partition redis timeout", 1],
    ["loss wiped", 1],
    ["loss promoted", 1],
  ]),
  attempts: 100,
  acknowledged: 30,
  verdicts: { confirmed: 10, rejected: 10, expired: 10, cancelled: 10 },
  holdsLost: [30, 90],
  reopenings: [reopening(5_000), reopening(9_000, "kill scheduler")],
  pending: 0,
  settledMsMax: 120_000,
};

const without = (label: string) => new Map([...enough.faults].map(([name, n]) => [name, name === label ? n - 1 : n]));

describe("the shortfalls of a run", () => {
  it("are none where it did exactly what was promised", () => {
    expect(shortfalls(floors, enough)).toEqual([]);
  });

  it.each([
    ["kill api", "1 kills of api, at least 2 were promised"],
    ["kill postgres", "0 kills of postgres, at least 1 were promised"],
    ["stop redis", "1 stops and partitions, at least 2 were promised"],
    ["partition redis timeout", "1 stops and partitions, at least 2 were promised"],
    ["loss wiped", "1 losses of Redis data, at least 2 were promised"],
  ])("tell of one %s too few", (label, sentence) => {
    expect(shortfalls(floors, { ...enough, faults: without(label) })).toEqual([sentence]);
  });

  it.each<[Partial<Exercised>, string]>([
    [{ attempts: 99 }, "99 checkout attempts, at least 100 were promised"],
    [{ acknowledged: 29 }, "29 acknowledged checkouts, at least 30 were promised"],
    [{ verdicts: { ...enough.verdicts, expired: 9 } }, "9 checkouts expired, at least 10 were promised"],
    [{ verdicts: { confirmed: 10, rejected: 10, expired: 10 } }, "0 checkouts cancelled, at least 10 were promised"],
    [{ holdsLost: [30, 89] }, "119 holds destroyed, at least 120 were promised"],
    [{ pending: 1 }, "1 tickets had not ended in time"],
    [{ settledMsMax: 120_001 }, "a ticket took 120001 ms to end after the healing, at most 120000 are allowed"],
    [
      { reopenings: [reopening(5_001)] },
      'the gates reopened after 5001 ms after "kill redis", at most 5000 ms are allowed',
    ],
    [{ reopenings: [reopening(null)] }, 'the gates reopened never after "kill redis", at most 5000 ms are allowed'],
    [{ reopenings: [reopening(1, "kill scheduler")] }, "0 undisturbed reopenings, at least 1 were promised"],
  ])("tell of %j", (change, sentence) => {
    expect(shortfalls(floors, { ...enough, ...change })).toEqual([sentence]);
  });
});

describe("the log of faults", () => {
  const kill: Fault = { kind: "kill", target: "scheduler", name: "scheduler-1", awayMs: 0 };

  it("counts what took, and neither what missed nor what failed", async () => {
    const log = new FaultLog(() => 0);
    await log.run(kill, async () => true);
    await log.run(kill, async () => false);
    await log.run(kill, () => Promise.reject(new Error("no such process")));
    expect(log.counts()).toEqual(new Map([["kill scheduler", 1]]));
    expect(log.records.map(({ note }) => note)).toEqual([undefined, undefined, "no such process"]);
  });

  it("tells what went on between two moments, the last and the first included", async () => {
    let nowMs = 100;
    const log = new FaultLog(() => nowMs);
    await log.run(kill, async () => {
      nowMs = 200;
      return true;
    });
    const between = (fromMs: number, untilMs: number) => log.between(fromMs, untilMs, hinders, "kill redis");
    expect([between(0, 99), between(201, 300)]).toEqual([[], []]);
    expect([between(0, 100), between(200, 300)]).toEqual([["kill scheduler"], ["kill scheduler"]]);
    expect(log.between(0, 300, () => false, "kill redis")).toEqual([]);
    expect(log.between(0, 300, hinders, "kill scheduler")).toEqual([]);
  });
});

describe("what keeps a gate from reopening", () => {
  it.each([
    [{ label: "kill scheduler", whom: "scheduler" }, true],
    [{ label: "kill postgres", whom: "postgres" }, true],
    [{ label: "roll", whom: "all" }, true],
    [{ label: "stop worker", whom: "worker" }, true],
    [{ label: "partition postgres timeout", whom: "api" }, true],
    [{ label: "partition redis timeout", whom: "api" }, false],
    [{ label: "kill worker", whom: "worker" }, false],
    [{ label: "obliterate", whom: "queue" }, false],
  ])("%j: %s", (record, expected) => {
    expect(hinders(record)).toBe(expected);
  });
});

describe("the gate of a sale that is over", () => {
  const sale = { id: "x-1", settleUntilMs: 1_000 };
  const loss = { kind: "wiped", keptUntilMs: null, holdsLost: 1 } as const;

  it("is of no account where Redis data was lost later", () => {
    expect(lostAfterEnd(sale, [{ ...loss, lostAtMs: 1_000, saleEpochs: {} }])).toBe(true);
    expect(lostAfterEnd(sale, [{ ...loss, lostAtMs: 900, zombieUntilMs: 1_000, saleEpochs: {} }])).toBe(true);
  });

  it("counts where it was lost earlier, or the sale was not sealed yet", () => {
    expect(lostAfterEnd(sale, [])).toBe(false);
    expect(lostAfterEnd(sale, [{ ...loss, lostAtMs: 999, saleEpochs: {} }])).toBe(false);
    expect(lostAfterEnd(sale, [{ ...loss, lostAtMs: 1_000, saleEpochs: { "x-1": 3 } }])).toBe(false);
  });
});
