import { generatedCatalogue, LIMIT_PER_USER, recoverGate } from "@flashgate/core";
import { v7 } from "uuid";
import type { Shop } from "../deployment/shop.ts";
import type { Figure, Goal, Reading } from "../figures/figure.ts";
import { repeated, runsRow } from "./ratio.ts";

const WINDOW_MS = 3_600_000;
/** How many times as many items a sale of many has. */
const TIMES = 100;

/** The scheduler stands still: what it does in its own time is done here at once, and is all that is measured. */
export const opening: Figure = {
  name: "opening",
  about: "a sale of --items, from its catalogue to an open gate and ledger",
  measure: (settings, shops) =>
    shops.with(settings, (shop) => measure(shop, settings.items, settings.pairs, { below: 0.5 })),
};

/** Once: a run takes long enough to be told from chance. */
export const openingMany: Figure = {
  name: "opening-many",
  about: "the same of a sale of a hundred times as many",
  measure: (settings, shops) => shops.with(settings, (shop) => measure(shop, settings.items * TIMES, 1, { below: 20 })),
};

async function measure(shop: Shop, items: number, times: number, goal: Goal): Promise<Reading> {
  const runs = await shop.halting("scheduler", () => repeated(times, () => openedIn(shop, items)));
  return {
    rows: [
      runsRow(
        `${items} items, gate and ledger`,
        "s",
        runs.map(({ seconds }) => seconds),
        goal,
      ),
      runsRow(
        "of it the ledger's schedule",
        "s",
        runs.map(({ scheduleSeconds }) => scheduleSeconds),
      ),
    ],
    faults: runs.flatMap(({ faults }) => faults),
    ...shop.stage.versions,
  };
}

async function openedIn(shop: Shop, items: number) {
  const { ledger } = shop.stores;
  const gate = await shop.stores.gate();
  const saleId = `x-${v7()}`;
  const catalogue = generatedCatalogue(saleId, items);
  const opensAtMs = Date.now();
  const window = { opensAtMs, closesAtMs: opensAtMs + WINDOW_MS, settleUntilMs: opensAtMs + 2 * WINDOW_MS };
  const startedMs = performance.now();
  await ledger.schedule({ id: saleId, ...window, limitPerUser: LIMIT_PER_USER }, catalogue);
  const scheduledMs = performance.now();
  const parts = {
    ledger,
    opening: gate.opening,
    clock: { nowMs: () => Date.now() },
    telemetry: { emit: () => undefined },
  };
  const outcome = await recoverGate(parts, saleId, 0);
  const seconds = (performance.now() - startedMs) / 1_000;
  const stock = (await gate.reader.totals(saleId))?.totals.available;
  const { violations, missed } = await shop.audit(saleId);
  return {
    seconds,
    scheduleSeconds: (scheduledMs - startedMs) / 1_000,
    faults: [
      ...(outcome === "opened" && stock === items ? [] : [`the sale is ${outcome}, with ${stock} of ${items} units`]),
      ...violations,
      ...missed,
    ],
  };
}
