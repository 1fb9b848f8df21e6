import { isVerdict, type Judged, type Sale, type Tomb, type TombGuard, type Verdict } from "@flashgate/core";
import type { Pool } from "pg";
import { commit, rollback, withTransaction } from "../transaction.ts";
import { withAcceptable } from "./acceptance.ts";
import { recordsOf } from "./checkout-records.ts";
import { enter, tombEntry } from "./entries.ts";
import { decide, type LockedRow, lockRows, nameEnded } from "./held-rows.ts";
import { type Statements, statementsOf } from "./statements.ts";
import { StockMoves } from "./stock-moves.ts";
import { judgedOf } from "./verdict-row.ts";

/** Writes the tombs that pass the guard; see the port. A checkout that the database cannot take is left out. */
export function entomb(pool: Pool, saleId: string, tombs: readonly Tomb[], guard: TombGuard): Promise<Judged[]> {
  return withAcceptable({ pool, saleId, entryOf: tombEntry }, tombs, (accepted) =>
    entombAll(pool, saleId, accepted, guard),
  );
}

/** In one transaction; what it did not write is looked up, for it may be judged. */
async function entombAll(pool: Pool, saleId: string, tombs: readonly Tomb[], guard: TombGuard): Promise<Judged[]> {
  const standing = await withTransaction<Map<string, Judged>>(pool, async (client) => {
    const run = statementsOf(client);
    const [at] = await run.saleNow.execute({ saleId });
    // Time only passes: what is due before a wait is due after it. The epoch is checked again, by the fence.
    const due = at ? tombs.filter((tomb) => isDue(tomb, guard, at.sale, at.nowMs)) : [];
    const moves = new StockMoves();
    const judged = await bury(run, saleId, new Map(due.map((tomb) => [tomb.checkoutId, tomb])), guard, moves);
    if (!(await moves.applyToItems(run, saleId))) throw new Error(`held units of sale "${saleId}" do not add up`);
    return (await passFence(run, saleId, guard, judged, moves)) ? commit(judged) : rollback(new Map());
  });
  const others = tombs.map((tomb) => tomb.checkoutId).filter((checkoutId) => !standing.has(checkoutId));
  for (const { checkoutId, status, decidedAtMs } of await recordsOf(pool, saleId, others)) {
    if (isVerdict(status)) standing.set(checkoutId, judgedOf(checkoutId, status, decidedAtMs));
  }
  return [...standing.values()];
}

function isDue(tomb: Tomb, guard: TombGuard, sale: Sale, nowMs: number): boolean {
  switch (guard.kind) {
    case "none":
    case "absent":
      return true;
    case "cart_deadline":
      return sale.epoch === guard.claimEpoch && tomb.deadlineMs !== null && tomb.deadlineMs <= nowMs;
    case "settle_until":
      return nowMs >= sale.settleUntilMs;
  }
}

/**
 * Enters each tomb, or turns its held row into it unless the guard says to leave it; what stands then, with its key.
 * The units of those rows are added to `moves`.
 */
async function bury(
  run: Statements,
  saleId: string,
  tombs: ReadonlyMap<string, Tomb>,
  guard: TombGuard,
  moves: StockMoves,
): Promise<Map<string, Judged>> {
  const judged = new Map<string, Judged>();
  const held = new Map<string, Verdict>();
  const entered = await enter(run, saleId, [...tombs.values()].map(tombEntry));
  const known = [...tombs.keys()].filter((checkoutId) => !entered.has(checkoutId));
  const rows = guard.kind === "absent" ? new Map<string, LockedRow>() : await lockRows(run, saleId, known);
  for (const [checkoutId, { verdict }] of tombs) {
    const row = rows.get(checkoutId);
    if (entered.has(checkoutId)) {
      judged.set(checkoutId, judgedOf(checkoutId, verdict, entered.get(checkoutId)));
    } else if (row && isVerdict(row.status)) {
      judged.set(checkoutId, judgedOf(checkoutId, row.status, row.decidedAtMs));
    } else if (row) {
      moves.release(row.lines);
      held.set(checkoutId, verdict);
    }
  }
  const ended = [...tombs.values()].filter(({ checkoutId }) => judged.has(checkoutId) && !entered.has(checkoutId));
  await nameEnded(run, saleId, ended);
  const decided = await decide(run, saleId, held);
  for (const [checkoutId, verdict] of held) {
    judged.set(checkoutId, judgedOf(checkoutId, verdict, decided.get(checkoutId)));
  }
  return judged;
}

/** The sales row, last: where the guard names an epoch it must still be the sale's, and held units are given back. */
async function passFence(
  run: Statements,
  saleId: string,
  guard: TombGuard,
  judged: ReadonlyMap<string, Judged>,
  moves: StockMoves,
): Promise<boolean> {
  const epoch = guard.kind === "cart_deadline" ? guard.claimEpoch : null;
  if (judged.size === 0 || (epoch === null && moves.held === 0)) return true;
  const { rowCount } = await run.releaseSale.execute({ saleId, epoch, released: -moves.held });
  return rowCount === 1;
}
