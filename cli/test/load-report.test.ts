import { expect, test } from "vitest";
import { formatReport, reportOf } from "../src/load-report.ts";
import { palette } from "../src/palette.ts";
import { AUDIT, soldOutFacts } from "./load-facts.ts";

const plain = palette(false);

test("counts from the first request to the last commit", () => {
  expect(reportOf(soldOutFacts())).toMatchObject({
    sale_id: "x-1",
    ok: true,
    faults: [],
    acknowledged: 3,
    acknowledged_per_second: 6,
    verdicts: { confirmed: 3 },
    refusals: { sold_out: 1 },
    sold_units: 3,
    sold_out: true,
    seconds: 0.75,
    sold_per_second: 4,
    latency_ms: { count: 3, max: 30 },
  });
});

test("counts only what was sold in its time", () => {
  expect(reportOf({ ...soldOutFacts(), soldBefore: 1 })).toMatchObject({ sold_units: 2, confirmed_units: 3 });
  const nothing = { ...soldOutFacts(), soldBefore: 3 };
  expect(reportOf(nothing)).toMatchObject({ sold_units: 0, seconds: null, sold_per_second: null });
});

test("says in a few aligned lines what happened", () => {
  expect(formatReport(reportOf(soldOutFacts()), plain)).toBe(
    `Sale x-1   3 of 3 units sold

  acknowledged  3   6/s
  verdicts      3 confirmed
  refused       1 sold_out
  202 latency   p50 20.0 ms   p99 30.0 ms   max 30.0 ms
  sold out in   0.75 s   3 units, 4/s   first request to last commit
  audit         clean, at rest

Verdict: ok. Every acknowledged ticket has its verdict.`,
  );
});

test("says what the audit did not look at", () => {
  const unchecked = [
    { invariant: 4, reason: "not_at_rest" },
    { invariant: 6, reason: "attempts_not_recorded" },
  ] as const;
  const report = reportOf({ ...soldOutFacts(), audit: { ...AUDIT, atRest: false, unchecked } });
  expect(report.unchecked).toEqual(unchecked);
  const audit = "  audit         clean, in motion; 6 not looked at: the sale keeps no attempts\n";
  expect(formatReport(report, plain)).toContain(audit);
});

test("names each fault, and how many more there are", () => {
  const violations = Array.from({ length: 25 }, (_, n) => ({ invariant: 2 as const, message: `buyer u${n} has 11` }));
  const text = formatReport(reportOf({ ...soldOutFacts(), audit: { ...AUDIT, violations } }), plain);
  expect(text).toContain("  audit         25 violations");
  expect(text).toContain("Verdict: 25 faults.");
  expect(text).toContain("  ✗ invariant 2 is broken: buyer u19 has 11\n  … 5 more: see --json");
});

test("colours only where they are wanted", () => {
  const report = reportOf(soldOutFacts());
  expect(formatReport(report, palette(true))).toContain("\x1b[32mVerdict: ok");
  expect(formatReport(report, plain)).not.toContain("\x1b");
});
