import { type Hold, type Judged, unitsOf } from "@flashgate/core";
import type { Pool } from "pg";
import { isOutage } from "../sql-state.ts";
import { commit, rollback, withTransaction } from "../transaction.ts";
import { raiseBuyers } from "./buyers.ts";
import { confirmedEntry, enter } from "./entries.ts";
import { decide, lockRows, rewriteHeld } from "./held-rows.ts";
import { type Statements, statementsOf } from "./statements.ts";
import { StockMoves } from "./stock-moves.ts";
import { judgedOf } from "./verdict-row.ts";

/**
 * The optimistic page, all or nothing. A hold by whose fault it cannot be written contests the page as well, so that it
 * fails alone when the holds are judged one by one.
 */
export async function settleAll(
  pool: Pool,
  saleId: string,
  epoch: number,
  holds: readonly Hold[],
): Promise<Judged[] | "contested"> {
  try {
    return await confirmAll(pool, saleId, epoch, holds);
  } catch (error) {
    if (!isOutage(error)) return "contested";
    throw error;
  }
}

/**
 * Writes every hold as confirmed and counts. Each count as expected means that every rule of the
 * judge held for every hold; anything else rolls all of it back. The hot row comes last and is locked for its own
 * statement and the commit only.
 */
function confirmAll(
  pool: Pool,
  saleId: string,
  epoch: number,
  holds: readonly Hold[],
): Promise<Judged[] | "contested"> {
  if (new Set(holds.map((hold) => hold.checkoutId)).size !== holds.length) return Promise.resolve("contested");
  return withTransaction<Judged[] | "contested">(pool, async (client) => {
    const run = statementsOf(client);
    const [sale] = await run.findSale.execute({ saleId });
    if (sale?.state !== "open" || sale.epoch !== epoch) return rollback("contested");

    const moves = new StockMoves();
    const decidedAtMs = await confirmRows(run, saleId, epoch, holds, moves);
    if (decidedAtMs.size !== holds.length) return rollback("contested");

    const units = new Map<string, number>();
    for (const { userId, lines } of holds) {
      units.set(userId, (units.get(userId) ?? 0) + unitsOf(lines));
      moves.sell(lines);
    }
    if ((await raiseBuyers(run, saleId, sale.limitPerUser, units)).size !== units.size) return rollback("contested");
    if (!(await moves.applyToItems(run, saleId))) return rollback("contested");
    if (!(await moves.applyToSale(run, saleId, epoch))) return rollback("contested");
    return commit(holds.map(({ checkoutId: id }) => judgedOf(id, { state: "confirmed" }, decidedAtMs.get(id))));
  });
}

/**
 * Confirms rows: new ones, and those that a recovery adopted, whose units are added to `moves`. The moment of each comes
 * back; ids with a verdict, and those whose key is taken, are missing.
 */
async function confirmRows(
  run: Statements,
  saleId: string,
  epoch: number,
  holds: readonly Hold[],
  moves: StockMoves,
): Promise<Map<string, number | null>> {
  const confirmed = await enter(
    run,
    saleId,
    holds.map((hold) => confirmedEntry(hold, epoch)),
  );
  const known = holds.filter((hold) => !confirmed.has(hold.checkoutId));
  const rows = await lockRows(
    run,
    saleId,
    known.map((hold) => hold.checkoutId),
  );
  const adopted = known.filter((hold) => rows.get(hold.checkoutId)?.status.state === "held");
  for (const { checkoutId } of adopted) moves.release(rows.get(checkoutId)?.lines ?? []);
  await rewriteHeld(run, saleId, epoch, adopted);
  const verdicts = adopted.map(({ checkoutId }) => [checkoutId, { state: "confirmed" }] as const);
  return new Map([...confirmed, ...(await decide(run, saleId, new Map(verdicts)))]);
}
