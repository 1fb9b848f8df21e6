import { describe, expect, it } from "vitest";
import { type Fault, labelOf } from "../src/siege/fault.ts";
import { busyMs, type Plan, type PlanOptions, planOf, promisedBy, type Step } from "../src/siege/plan.ts";

const names = { api: ["api-1", "api-2"], worker: ["worker-1", "worker-2"], scheduler: ["scheduler-1", "scheduler-2"] };
const long: PlanOptions = { minutes: 30, kills: 200, seed: 7, names };
const short: PlanOptions = { minutes: 2, kills: 12, seed: 7, names };

const faultsOf = (plan: Plan): Fault[] => Object.values(plan).flatMap((lane: Step[]) => lane.map(({ fault }) => fault));
const count = (plan: Plan, prefix: string) =>
  faultsOf(plan).filter((fault) => labelOf(fault).startsWith(prefix)).length;

describe("a plan of 200 kills in 30 minutes", () => {
  const plan = planOf(long);

  it("has what it promises, kill by kill", () => {
    expect(promisedBy(long)).toEqual({
      kills: { api: 60, worker: 60, redis: 40, postgres: 20, scheduler: 20 },
      stopsAndPartitions: 100,
      losses: 20,
    });
    expect(["api", "worker", "redis", "postgres", "scheduler"].map((target) => count(plan, `kill ${target}`))).toEqual([
      60, 60, 40, 20, 20,
    ]);
    expect(count(plan, "stop ") + count(plan, "partition ")).toBe(100);
  });

  it("loses Redis data in every way, each as often", () => {
    const losses = ["wiped", "older_copy", "promoted", "failed_back"].map((how) => count(plan, `loss ${how}`));
    expect(losses).toEqual([5, 5, 5, 5]);
  });

  it("has every toxic, both starvations, an empty queue and rolling restarts", () => {
    for (const kind of ["timeout", "one_way", "reset_peer", "latency", "limit_data", "down"]) {
      expect(faultsOf(plan).some((fault) => fault.kind === "partition" && fault.toxic.kind === kind)).toBe(true);
    }
    for (const label of ["starve memory", "starve disk", "obliterate", "roll"]) {
      expect(count(plan, label)).toBeGreaterThan(0);
    }
  });

  it("keeps Postgres away for a minute once, and a worker stopped for longer than a lock lasts", () => {
    const away = faultsOf(plan).filter((fault) => fault.kind === "kill" && fault.awayMs === 60_000);
    expect(away).toMatchObject([{ target: "postgres" }]);
    const stopped = faultsOf(plan).filter((fault) => fault.kind === "stop" && fault.forMs > 15_000);
    expect(stopped.length).toBeGreaterThan(0);
    expect(stopped.every((fault) => fault.kind === "stop" && fault.target === "worker")).toBe(true);
  });

  it("gives the stores more healthy time than not", () => {
    const busy = plan.stores.reduce((sum, { fault }) => sum + busyMs(fault), 0);
    expect(busy).toBeLessThan(0.5 * long.minutes * 60_000);
  });
});

describe("any plan", () => {
  it.each([short, long, { ...short, seed: 8 }, { ...long, seed: 9 }])(
    "fits its time, one fault of a lane after the other: $minutes minutes, seed $seed",
    (options) => {
      for (const lane of Object.values(planOf(options)) as Step[][]) {
        lane.forEach((step, index) => {
          const freeAtMs = step.atMs + busyMs(step.fault);
          expect(freeAtMs).toBeLessThanOrEqual(lane[index + 1]?.atMs ?? options.minutes * 60_000);
        });
      }
    },
  );

  it("is the same for the same seed, and another for another", () => {
    expect(planOf(long)).toEqual(planOf(long));
    expect(planOf(long)).not.toEqual(planOf({ ...long, seed: 8 }));
  });

  it("says by how much it does not fit", () => {
    expect(() => planOf({ ...short, kills: 200 })).toThrow(/the stores lane needs \d+ s more than the siege lasts/);
  });

  it("promises no less than the share when it does not come out even", () => {
    expect(promisedBy({ kills: 12 })).toEqual({
      kills: { api: 4, worker: 4, redis: 3, postgres: 2, scheduler: 2 },
      stopsAndPartitions: 6,
      losses: 2,
    });
  });
});
