import {
  type CloseParts,
  closeSale,
  type RecoverParts,
  type RotateParts,
  rotateSales,
  type Sale,
  sweepHolds,
  UNSEALED_STATES,
} from "@flashgate/core";
import type { Duty } from "./beat.ts";
import { GateWatch } from "./gate-watch.ts";

/** A gate is opened this long before its sale begins: it admits by its own clock. */
const OPEN_AHEAD_MS = 60_000;
/** Sales looked at per beat, newest window first. */
const ACTIVE_SALES_MAX = 1_000;
/** Closed sales whose gates may still want retiring. */
const CLOSED_SALES_MAX = 10;

export type SchedulerParts = RotateParts & RecoverParts & CloseParts;

/** Everything a scheduler does. Any number of schedulers may do it side by side. */
export function createDuties(parts: SchedulerParts, options: { readonly rotation: boolean }): Duty[] {
  const watch = new GateWatch(parts);
  const active = async (wanted: (sale: Sale, nowMs: number) => boolean) => {
    const sales = await parts.ledger.list({ states: UNSEALED_STATES, limit: ACTIVE_SALES_MAX });
    const nowMs = parts.clock.nowMs();
    return sales.filter((sale) => wanted(sale, nowMs));
  };

  const rotate: Duty = { name: "rotate", everyMs: 5_000, runOnce: async () => void (await rotateSales(parts)) };
  const recover: Duty = {
    name: "recover",
    everyMs: 500,
    runOnce: async () => {
      const sales = await active(
        (sale, nowMs) => nowMs >= sale.opensAtMs - OPEN_AHEAD_MS && nowMs < sale.settleUntilMs,
      );
      await each(sales, (sale) => watch.look(sale));
    },
  };
  const sweep: Duty = {
    name: "sweep",
    everyMs: 1_000,
    runOnce: async () => {
      const sales = await active((sale, nowMs) => sale.state === "open" && nowMs < sale.settleUntilMs);
      await each(sales, async (sale) => void (await sweepHolds(parts, sale)));
    },
  };
  const sealed = new Set<string>();
  const close: Duty = {
    name: "close",
    everyMs: 1_000,
    runOnce: async () => {
      const ended = await active((sale, nowMs) => nowMs >= sale.settleUntilMs);
      const closed = await parts.ledger.list({ states: ["closed"], limit: CLOSED_SALES_MAX });
      const open = [...ended, ...closed].filter((sale) => !sealed.has(sale.id));
      await each(open, async (sale) => {
        if ((await closeSale(parts, sale)) === "closed") sealed.add(sale.id);
      });
    },
  };
  return options.rotation ? [rotate, recover, sweep, close] : [recover, sweep, close];
}

/** One sale's failure does not keep the others waiting; the first is thrown when all had their turn. */
async function each(sales: readonly Sale[], act: (sale: Sale) => Promise<void>): Promise<void> {
  const results: PromiseSettledResult<void>[] = [];
  for (const sale of sales) results.push(...(await Promise.allSettled([act(sale)])));
  const failed = results.find((result) => result.status === "rejected");
  if (failed) throw failed.reason;
}
