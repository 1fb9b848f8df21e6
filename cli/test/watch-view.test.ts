import { hourlySale, type Sale, SellingPace } from "@flashgate/core";
import { expect, test } from "vitest";
import { palette } from "../src/palette.ts";
import { clip } from "../src/watch/clip.ts";
import { type SaleReading, watchJson, watchLine } from "../src/watch/watch-record.ts";
import { watchView } from "../src/watch/watch-view.ts";

const HOUR = Date.UTC(2026, 10, 22, 11);
const SALE: Sale = {
  ...hourlySale(HOUR),
  totalItems: 10_000,
  itemsSold: 6_120,
  itemsHeld: 0,
  epoch: 3,
  openEpoch: 3,
  state: "open",
  paused: false,
  pauseVersion: 0,
  attempts: "all",
};
const READING: SaleReading = {
  atMs: HOUR + 47 * 60_000 + 26_000,
  sale: SALE,
  phase: "open",
  totals: { available: 3_580, held: 300, sold: 6_120 },
  soldPerS: 1_234.56,
  gate: "open",
  progress: { checkouts: { confirmed: 6_120, expired: 20, "rejected:user_limit": 10 }, lagMs: { p50: 35, p99: 120 } },
  queue: { waiting: 3, active: 1, delayed: 0, failed: 0, paused: false, oldestAtMs: HOUR + 47 * 60_000 + 25_600 },
  ops: {
    attempts: { held: 6_450, sold_out: 2_345 },
    instances: { api: { known: 2, answering: 2 }, worker: { known: 3, answering: 2 } },
  },
  faults: [],
};
const UNSEEN: SaleReading = {
  ...READING,
  soldPerS: null,
  gate: "unknown",
  progress: null,
  queue: null,
  ops: null,
  faults: ["redis: gone"],
};
const plain = palette(false);

test("a screen tells stock, funnel, pace, lag, queue, gate and processes in numbers", () => {
  expect(watchView(READING, 80, plain).join("\n")).toBe(
    `Sale 2026112211   open, 12:34 left   11:47:26 UTC

████████████████████████████████████▒▒▒░░░░░░░░░░░░░░░░░░░░░
█ 6,120 sold   ▒ 300 held   ░ 3,580 available   of 10,000

gate       open   epoch 3
attempts   8,795   held 6,450   sold_out 2,345   every sale, since the apis started
→ held     300 units now
→ settled  6,150   confirmed 6,120   expired 20   rejected:user_limit 10
pace       1,235 units sold a second
lag        p50 35 ms   p99 120 ms   from hold to verdict
queue      3 waiting   1 active   0 to be tried again   oldest 0.4 s
instances  api 2 of 2   worker 2 of 3

Ctrl-C ends the watch, and nothing else.`,
  );
});

test("what cannot be seen is a dash, and why it cannot is told", () => {
  const lines = watchView(UNSEEN, 80, plain);
  for (const name of ["attempts", "→ settled", "pace", "lag", "queue"]) {
    expect(lines.find((line) => line.startsWith(name))).toBe(`${name.padEnd(11)}–`);
  }
  expect(lines).toContain("fault      redis: gone");
  expect(lines.join()).not.toContain("instances");
});

test("sold, held and available have the colours of the bar, and trouble is red", () => {
  const { good, warn, bad } = palette(true);
  const lines = watchView({ ...READING, gate: "shut", sale: { ...SALE, paused: true } }, 80, palette(true)).join("\n");
  expect(lines).toContain(good("█ 6,120 sold"));
  expect(lines).toContain(warn("▒ 300 held"));
  expect(lines).toContain(bad("shut: it is opened by the scheduler"));
  expect(lines).toContain(bad("worker 2 of 3"));
  expect(lines).toContain("paused: nobody new is admitted");
  expect(watchView(READING, 80, plain).join("")).not.toContain("\x1b");
});

test("the time left is told in hours, minutes and seconds", () => {
  const head = (over: Partial<SaleReading>) => watchView({ ...READING, ...over }, 80, plain)[0];
  expect(head({ atMs: HOUR - 2 * 3_600_000 - 5_000, phase: "scheduled" })).toContain("opens in 2:00:05");
  expect(head({ atMs: HOUR + 3_599_000 })).toContain("open, 0:01 left");
  expect(head({ phase: "ended" })).toContain("   ended   ");
});

test("a plain line holds the same as name=value", () => {
  expect(watchLine(READING)).toBe(
    "2026-11-22T11:47:26.000Z 2026112211 open sold=6120 held=300 available=3580 sold_per_second=1234.6 gate=open epoch=3 attempts=8795 settled=6150 confirmed=6120 expired=20 rejected:user_limit=10 lag_p50_ms=35 lag_p99_ms=120 jobs_waiting=3 jobs_active=1 jobs_delayed=0 jobs_failed=0 oldest_job_ms=400 instances=api:2/2,worker:2/3",
  );
  expect(watchLine(UNSEEN)).toBe(
    '2026-11-22T11:47:26.000Z 2026112211 open sold=6120 held=300 available=3580 gate=unknown epoch=3 faults="redis: gone"',
  );
});

test("for machines it speaks the words of the HTTP API", () => {
  expect(watchJson(READING)).toEqual({
    at: "2026-11-22T11:47:26.000Z",
    sale_id: "2026112211",
    phase: "open",
    opens_at: "2026-11-22T11:00:00.000Z",
    closes_at: "2026-11-22T12:00:00.000Z",
    units: { total: 10_000, available: 3_580, held: 300, sold: 6_120 },
    sold_per_second: 1_234.6,
    gate: { state: "open", epoch: 3 },
    attempts: { held: 6_450, sold_out: 2_345 },
    checkouts: { confirmed: 6_120, expired: 20, "rejected:user_limit": 10 },
    lag_ms: { p50: 35, p99: 120 },
    queue: { waiting: 3, active: 1, delayed: 0, failed: 0, oldest_job_age_ms: 400 },
    instances: READING.ops?.instances,
    faults: [],
  });
  expect(watchJson(UNSEEN)).toMatchObject({
    attempts: null,
    checkouts: null,
    lag_ms: null,
    queue: null,
    instances: null,
  });
});

test("a line is cut by what is seen of it, and ends uncoloured", () => {
  const { good } = palette(true);
  expect(clip("abcdef", 4)).toBe("abcd");
  expect(clip("abc", 4)).toBe("abc");
  expect(clip(`a${good("bcd")}e`, 5)).toBe(`a${good("bcd")}e`);
  expect(clip(good("abcdef"), 3)).toBe("\x1b[32mabc\x1b[0m");
  expect(clip("█▒░→", 3)).toBe("█▒░");
  expect(clip("abc", 0)).toBe("");
});

test("the pace is of the last five seconds of one sale", () => {
  const pace = new SellingPace();
  expect(pace.add("x-1", 0, 100)).toBeNull();
  expect(pace.add("x-1", 1_000, 300)).toBe(200);
  expect(pace.add("x-1", 4_000, 300)).toBe(50);
  expect(pace.add("x-1", 6_000, 300)).toBe(0);
  expect(pace.add("x-2", 7_000, 5)).toBeNull();
  expect(pace.add("x-2", 8_000, 4)).toBe(0);
});
