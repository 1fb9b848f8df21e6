import { auditSale, recoverGate } from "@flashgate/core";
import { expect, test, vi } from "vitest";
import { palette } from "../src/palette.ts";
import { pauseJson, pauseText } from "../src/pause-report.ts";
import { auditText, isClean, repairJson, repairText } from "../src/repair-report.ts";
import { repairSale } from "../src/sale-repair.ts";
import { openWatchHouse } from "./watch-house.ts";

const plain = palette(false);

/** A sale with a unit sold, and what repairs it. */
async function openRepair() {
  const house = await openWatchHouse();
  const { clock, ledger, gate, telemetry, saleId, buy } = house;
  await buy("ada", 1);
  const queue = { submit: () => undefined, enqueue: async () => undefined };
  const parts = { ledger, gate, holds: gate, opening: gate, queue, clock, steadyClock: clock, telemetry };
  const distort = () => gate.server.sales.get(saleId)?.openings.get(1)?.stock.set("a", 99);
  const repair = async (over: Partial<typeof parts> = {}) => {
    const done = await repairSale({ ...parts, ...over }, saleId);
    if (!done) throw new Error("no sale");
    return done;
  };
  const audited = async () => {
    const report = await auditSale({ ledger, gate }, saleId);
    if (!report) throw new Error("no sale");
    return report;
  };
  /** What a scheduler does once a recovery was begun. */
  const schedulerOpens = async () => {
    await vi.waitFor(async () => expect((await ledger.find(saleId))?.state).toBe("recovering"));
    await recoverGate({ ledger, opening: gate, clock, telemetry }, saleId, 2);
  };
  return { ...house, parts, distort, repair, audited, schedulerOpens };
}

test("a sale that adds up is left as it is", async () => {
  const { repair, parts } = await openRepair();
  const done = await repair();
  expect(done).toMatchObject({ rebuilding: "not_needed", epoch: 1, swept: { finalised: 0, paged: 0, expired: 0 } });
  expect(isClean(done.after)).toBe(true);
  expect(repairText(done, plain)).toMatch(
    /Swept: 0 holds finalised, 0 paged again, 0 expired\.\nThe gate was left as it is\.$/,
  );
  expect(await repairSale(parts, "x-none")).toBeNull();
});

test("a gate with wrong books is told with the line that repairs it, rebuilt, and adds up", async () => {
  const { repair, audited, distort, schedulerOpens } = await openRepair();
  distort();
  const found = await audited();
  expect(isClean(found)).toBe(false);
  const line = "flashgate reconcile --sale x-1 --repair";
  expect(auditText(found, line, plain)).toContain(`Repair the gate from the ledger: ${line}`);

  const [done] = await Promise.all([repair(), schedulerOpens()]);
  expect(done).toMatchObject({ rebuilding: "rebuilt", epoch: 3 });
  expect(done.before.violations).toEqual(found.violations);
  expect(isClean(done.after)).toBe(true);
  const text = repairText(done, plain);
  expect(text).toContain("The gate was rebuilt from the ledger and is open, epoch 3.");
  expect(text).toMatch(/violations? (is|are) mended\.$/);
  expect(repairJson(done.after, done)).toMatchObject({
    ok: true,
    repair: { gate: "rebuilt", epoch: 3, violations_before: found.violations },
  });
});

test("a gate that no scheduler rebuilds in time is told so", async () => {
  const { repair, distort } = await openRepair();
  distort();
  const hasty = { ms: 0, nowMs: () => (hasty.ms += 20_000) };
  const done = await repair({ steadyClock: hasty });
  expect(done).toMatchObject({ rebuilding: "late", epoch: 2 });
  expect(repairText(done, plain)).toMatch(/\(epoch 2\), and no scheduler has done it yet: is one running\?$/);
});

test("what is wrong in the ledger is told to be beyond repair, and stays in the report", async () => {
  const { repair, audited, ledger, saleId } = await openRepair();
  const book = ledger.book(saleId);
  if (!book) throw new Error("no sale");
  book.sale = { ...book.sale, itemsSold: 2 };
  expect(auditText(await audited(), "repair it", plain)).toMatch(/which no command repairs: pause the sale/);
  const done = await repair();
  expect(repairText(done, plain)).toMatch(/What is listed above is left/);
  expect(isClean(done.after)).toBe(false);
});

test("a pause is told with what it changed, since when, and whether it is in force", async () => {
  const { ledger, saleId, clock } = await openWatchHouse();
  const paused = await ledger.setPaused(saleId, true);
  if (paused.kind !== "set") throw new Error(paused.kind);
  const report = { sale: paused.sale, changed: true, told: true, atMs: clock.ms };
  expect(pauseText(report)).toBe(
    "Sale x-1 is paused since 10:30:00 UTC: nobody new is admitted, and what was admitted settles.\nThe gate was told: it is in force.",
  );
  expect(pauseText({ ...report, changed: false, told: false })).toMatch(
    /^Sale x-1 was paused already, and stays so\.\nThe gate is not open, or away: .*scheduler's next look\.$/,
  );
  const resumed = { ...report, sale: { ...paused.sale, paused: false } };
  expect(pauseText(resumed)).toMatch(/^Sale x-1 is resumed since 10:30:00 UTC/);
  expect(pauseText({ ...resumed, changed: false })).toMatch(/^Sale x-1 was not paused, and is not now\./);
  expect(pauseJson(report)).toMatchObject({
    id: "x-1",
    paused: true,
    changed: true,
    since: "2026-11-22T10:30:00.000Z",
    gate: "told",
  });
  expect(pauseJson({ ...report, changed: false, told: false })).toMatchObject({ since: null, gate: "pending" });
});
