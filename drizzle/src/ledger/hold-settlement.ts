import {
  type Evidence,
  type Hold,
  isVerdict,
  type Judged,
  judge,
  type SettleReply,
  unitsOf,
  type Verdict,
} from "@flashgate/core";
import type { Pool } from "pg";
import { isOutage, StaleRead } from "../sql-state.ts";
import { commit, rollback, withTransaction } from "../transaction.ts";
import { raiseBuyers } from "./buyers.ts";
import { enter, heldEntry } from "./entries.ts";
import { decide, type LockedRow, lockRows, nameEnded, rewriteHeld } from "./held-rows.ts";
import { type Statements, statementsOf } from "./statements.ts";
import { lockItems, StockMoves } from "./stock-moves.ts";
import { UnknownSale, unknownSale } from "./unknown-sale.ts";
import { judgedOf } from "./verdict-row.ts";

/** Judges one hold; see the port. */
export async function settleOne(pool: Pool, saleId: string, epoch: number, hold: Hold): Promise<SettleReply> {
  try {
    return await judgeOne(pool, saleId, epoch, hold);
  } catch (error) {
    if (isOutage(error) || error instanceof UnknownSale) throw error;
    return { kind: "failed", error };
  }
}

/**
 * One hold before the judge, with all that it wants locked in the fixed order. The sale itself is not locked while it is
 * judged and written: what it sold meanwhile cannot matter while the items are locked, and a counter moves only if epoch
 * and state are still those that were judged by.
 */
function judgeOne(pool: Pool, saleId: string, epoch: number, hold: Hold): Promise<SettleReply> {
  return withTransaction<SettleReply>(pool, async (client) => {
    const run = statementsOf(client);
    const claim = await claimRow(run, saleId, epoch, hold);
    if (claim.row && isVerdict(claim.row.status)) {
      const judged = judgedOf(hold.checkoutId, claim.row.status, claim.row.decidedAtMs);
      await nameEnded(run, saleId, [hold]);
      return commit({ kind: "judged", judged });
    }
    const evidence = await gather(run, saleId, epoch, hold, claim);
    const judgement = judge(evidence);
    if (judgement.kind === "retry" || judgement.kind === "dropped") return rollback({ kind: judgement.kind });
    const judged = await write(run, saleId, evidence, hold, judgement.verdict);
    return commit({ kind: "judged", judged });
  });
}

/** A row that this transaction has: the one that was there, or (null) a placeholder that it must turn into a verdict. */
interface ClaimedRow {
  readonly row: LockedRow | null;
  readonly keyTaken: boolean;
}

async function claimRow(run: Statements, saleId: string, epoch: number, hold: Hold): Promise<ClaimedRow> {
  const enters = async (claimed: Hold) => (await enter(run, saleId, [heldEntry(claimed, epoch)])).size === 1;
  if (await enters(hold)) return { row: null, keyTaken: false };
  const row = (await lockRows(run, saleId, [hold.checkoutId])).get(hold.checkoutId);
  if (row) return { row, keyTaken: false };
  // Not the id was taken, so the key was, and stays its owner's: this row goes without it.
  if (await enters({ ...hold, key: "" })) return { row: null, keyTaken: true };
  throw new StaleRead(`checkout ${hold.checkoutId} was entered meanwhile`);
}

async function gather(
  run: Statements,
  saleId: string,
  epoch: number,
  hold: Hold,
  { row, keyTaken }: ClaimedRow,
): Promise<Evidence> {
  const [known] = await run.findSale.execute({ saleId });
  if (!known) throw unknownSale(saleId);
  const units = await raiseBuyers(run, saleId, known.limitPerUser, new Map([[hold.userId, 0]]));
  const items = await lockItems(
    run,
    saleId,
    [...hold.lines, ...(row?.lines ?? [])].map((line) => line.itemId),
  );
  const [sale] = await run.findSale.execute({ saleId });
  if (!sale) throw unknownSale(saleId);
  return { sale, row, items, keyTaken, lines: hold.lines, holdEpoch: epoch, buyerUnits: units.get(hold.userId) ?? 0 };
}

async function write(
  run: Statements,
  saleId: string,
  evidence: Evidence,
  hold: Hold,
  verdict: Verdict,
): Promise<Judged> {
  const { checkoutId, userId, lines } = hold;
  const { epoch, limitPerUser } = evidence.sale;
  const moves = new StockMoves();
  if (evidence.row) {
    moves.release(evidence.row.lines);
    await rewriteHeld(run, saleId, evidence.holdEpoch, [hold]);
  }
  let fits = true;
  if (verdict.state === "confirmed") {
    moves.sell(lines);
    fits = (await raiseBuyers(run, saleId, limitPerUser, new Map([[userId, unitsOf(lines)]]))).size === 1;
  }
  fits &&= await moves.applyToItems(run, saleId);
  if (!fits) throw new Error(`the judge allowed checkout ${checkoutId} what the ledger has no room for`);
  const decided = await decide(run, saleId, new Map([[checkoutId, verdict]]));
  if (!(await moves.applyToSale(run, saleId, epoch))) throw new StaleRead(`sale "${saleId}" changed meanwhile`);
  return judgedOf(checkoutId, verdict, decided.get(checkoutId));
}
