import { generatedCatalogue, LIMIT_PER_USER, recoverGate } from "@flashgate/core";
import { v7 } from "uuid";
import type { Shop } from "../deployment/shop.ts";
import type { Figure, Reading, Settings } from "../figures/figure.ts";
import { repeated, runsRow } from "./ratio.ts";

const WINDOW_MS = 3_600_000;
const TIMES = 100;
/** Seconds that a sale of so many items may take to open: as long as is promised of 10,000, and of 1,000,000. */
const SECONDS_BELOW = { few: 0.5, many: 20 };

/** The scheduler stands still: what it does in its own time is done here at once, and is all that is measured. */
export const opening: Figure = {
  name: "opening",
  about: "a sale of --items, and one of a hundred times as many: from its catalogue to an open gate and ledger",
  measure: (settings, shops) =>
    shops.with(settings, (shop) => shop.halting("scheduler", () => measure(shop, settings))),
};

async function measure(shop: Shop, { items, pairs }: Settings): Promise<Reading> {
  // the first pays for connections and compiled statements
  await openedIn(shop, items);
  const few = await repeated(pairs, () => openedIn(shop, items));
  const many = await repeated(1, () => openedIn(shop, items * TIMES));
  const row = (count: number, runs: typeof few, below: number) => [
    runsRow(
      `${count} items, gate and ledger`,
      "s",
      runs.map(({ seconds }) => seconds),
      { below },
    ),
    runsRow(
      "of it the ledger's schedule",
      "s",
      runs.map(({ scheduleSeconds }) => scheduleSeconds),
    ),
  ];
  return {
    rows: [...row(items, few, SECONDS_BELOW.few), ...row(items * TIMES, many, SECONDS_BELOW.many)],
    faults: [...few, ...many].flatMap(({ faults }) => faults),
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
  const openedMs = performance.now();
  const { violations } = await shop.audit(saleId);
  const stock = (await gate.reader.totals(saleId))?.totals.available;
  return {
    seconds: (openedMs - startedMs) / 1_000,
    scheduleSeconds: (scheduledMs - startedMs) / 1_000,
    faults: [
      ...(outcome === "opened" && stock === items ? [] : [`the sale is ${outcome}, with ${stock} of ${items} units`]),
      ...violations,
    ],
  };
}
