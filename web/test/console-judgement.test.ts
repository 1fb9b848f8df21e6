import { describe, expect, it } from "vitest";
import { chartData } from "../src/console/chart-data.ts";
import { funnelOf, knowsOnlyPart } from "../src/console/funnel-steps.ts";
import { judge } from "../src/console/judgement.ts";
import type { Audit, Watched } from "../src/console/shapes.ts";

const NOW = Date.UTC(2026, 10, 22, 10, 30);
const AUDIT: Audit = {
  sale_id: "x-1",
  units: { total: 10, confirmed: 4 },
  at_rest: false,
  clean: true,
  unchecked: [{ invariant: 4, reason: "not_at_rest" }],
  violations: [],
  violations_total: 0,
  checked_at: new Date(NOW - 1_500).toISOString(),
};
const UNITS = { total: 10, sold: 4, held: 1, available: 5 };

const judged = (over: Partial<Pick<Watched, "audit" | "units">> = {}, atMs = NOW) =>
  judge({ audit: AUDIT, units: UNITS, ...over } as Watched, atMs);

describe("the verdict", () => {
  it("is good where the audit found nothing, and names what it could not look at", () => {
    const judgement = judged();
    expect(judgement).toMatchObject({ kind: "good", findings: [], checkedMsAgo: 1_500 });
    expect(judgement.promises.filter(({ state }) => state !== "kept")).toEqual([
      { name: "Gate = ledger", state: "unchecked", why: "units are in motion" },
    ]);
  });

  it("is bad where the audit found something, and says how much more there is", () => {
    const violations = [{ invariant: 1, message: "item a says 1 sold, its lines 0" }];
    const judgement = judged({ audit: { ...AUDIT, clean: false, violations, violations_total: 3 } });
    expect(judgement).toMatchObject({
      kind: "bad",
      findings: [{ promise: "Stock", message: "item a says 1 sold, its lines 0" }],
      more: 2,
    });
    expect(judgement.promises[0]).toMatchObject({ name: "Stock", state: "broken" });
  });

  it("is bad where what is shown does not add up, whatever the audit says", () => {
    const { kind, findings } = judged({ units: { ...UNITS, held: 2 } });
    expect(kind).toBe("bad");
    expect(findings[0]?.message).toBe("sold, held and available come to 11, not to 10");
  });

  it("is none before the first check, and once the last one is old", () => {
    expect(judged({ audit: null })).toMatchObject({ kind: "unknown", checkedMsAgo: null });
    expect(judged({}, NOW + 60_000)).toMatchObject({ kind: "unknown", title: "The last check is old" });
  });
});

describe("the funnel", () => {
  it("goes from attempts over holds to verdicts, with the reasons of those who went no further", () => {
    const attempts = { held: 7, replayed: 1, sold_out: 2, user_limit: 5 };
    const steps = funnelOf({ attempts, checkouts: { held: 1, confirmed: 5, "rejected:gate_lost": 1 } });
    expect(steps.map(({ name, count }) => [name, count])).toEqual([
      ["Attempts", 15],
      ["Held", 8],
      ["Settled", 6],
    ]);
    expect(steps[0]?.reasons).toEqual([
      { name: "user limit", count: 5 },
      { name: "sold out", count: 2 },
    ]);
    expect(steps[2]?.reasons.at(-1)).toEqual({ name: "rejected: gate lost", count: 1 });
  });

  it("says where it knows only a part: of other apis, or of before its own start", () => {
    expect(knowsOnlyPart({ attempts: { held: 7 }, checkouts: { confirmed: 7 } })).toBe(false);
    expect(knowsOnlyPart({ attempts: { held: 7 }, checkouts: { confirmed: 8 } })).toBe(true);
  });
});

describe("the chart", () => {
  const second = (agoS: number, units: number) => ({
    at: new Date(NOW - agoS * 1_000).toISOString(),
    units,
    lag_ms: { p50: 10, p99: 40 },
  });

  it("has every second of the last minute, and no lag where nothing was sold", () => {
    const { seconds, units, p99 } = chartData([second(3, 12), second(0, 7)], NOW + 400);
    expect(seconds).toHaveLength(61);
    expect(seconds.at(-1)).toBe(NOW / 1_000);
    expect(units.slice(-5)).toEqual([0, 12, 0, 0, 7]);
    expect(p99.slice(-5)).toEqual([null, 40, null, null, 40]);
  });

  it("goes back as far as something was sold, five minutes at most", () => {
    expect(chartData([second(100, 1)], NOW).seconds).toHaveLength(121);
    expect(chartData([second(200, 1)], NOW).seconds).toHaveLength(301);
    expect(chartData([second(900, 1)], NOW).seconds).toHaveLength(301);
  });
});
