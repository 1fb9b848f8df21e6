import type { GateSnapshot, Hold, Sale } from "@flashgate/core";
import { parseLines, unitsOf } from "@flashgate/core";
import type { Statements } from "./statements.ts";

/**
 * What the gate of a sale is to be opened with. For a transaction that has the sales row locked: nothing that a counter,
 * a held row or a confirmed one depends on can change between these reads.
 */
export async function readSnapshot(run: Statements, sale: Sale): Promise<GateSnapshot> {
  const saleId = sale.id;
  const stock = await run.stockOf.execute({ saleId });
  const holds = await readHolds(run, saleId);
  const buyers = new Map((await run.buyersOf.execute({ saleId })).map(({ userId, units }) => [userId, units]));
  for (const { userId, lines } of holds) buyers.set(userId, (buyers.get(userId) ?? 0) + unitsOf(lines));
  const { id, epoch, opensAtMs, closesAtMs, settleUntilMs, limitPerUser, paused, pauseVersion } = sale;
  return {
    sale: { id, epoch, opensAtMs, closesAtMs, settleUntilMs, limitPerUser, paused, pauseVersion },
    totals: {
      available: sale.totalItems - sale.itemsSold - sale.itemsHeld,
      held: sale.itemsHeld,
      sold: sale.itemsSold,
    },
    stock: stock.map(({ itemId, units }) => [itemId, units]),
    buyers: [...buyers],
    holds,
    keys: await run.keysOf.execute({ saleId }),
  };
}

async function readHolds(run: Statements, saleId: string): Promise<Hold[]> {
  const rows = await run.holdsOf.execute({ saleId });
  return rows.map(({ mode, sinceMs, deadlineMs, lines, ...row }) => {
    if (mode === null || sinceMs === null || deadlineMs === null) throw new Error(`held row ${row.checkoutId} is torn`);
    return { ...row, mode, sinceMs, deadlineMs, lines: parseLines(lines) };
  });
}
