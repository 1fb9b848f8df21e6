import {
  type Counters,
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
import { StaleRead } from "../sql-state.ts";
import { commit, rollback, withTransaction } from "../transaction.ts";
import { confirmedEntry, enter, heldEntry } from "./entries.ts";
import { decide, type LockedRow, lockRows, rewriteHeld } from "./held-rows.ts";
import { type Statements, statementsOf } from "./statements.ts";
import { StockMoves } from "./stock-moves.ts";
import { unknownSale } from "./unknown-sale.ts";
import { judgedOf } from "./verdict-row.ts";

/**
 * The optimistic page: writes every hold as confirmed and counts. Each count as expected means that every rule of the
 * judge held for every hold; anything else rolls all of it back. The hot row comes last and is locked for its own
 * statement and the commit only.
 */
export function settleAll(
  pool: Pool,
  saleId: string,
  epoch: number,
  holds: readonly Hold[],
): Promise<Judged[] | "contested"> {
  return withTransaction<Judged[] | "contested">(pool, async (client) => {
    const run = statementsOf(client);
    const [sale] = await run.findSale.execute({ saleId });
    if (sale?.state !== "open" || sale.epoch !== epoch) return rollback("contested");

    const entries = holds.map((hold) => confirmedEntry(hold, epoch));
    const entered = await enter(run, saleId, entries);
    if (entered.size !== holds.length) return rollback("contested");

    const units = new Map<string, number>();
    const moves = new StockMoves();
    for (const { userId, lines } of holds) {
      units.set(userId, (units.get(userId) ?? 0) + unitsOf(lines));
      moves.sell(lines);
    }
    if ((await raiseBuyers(run, saleId, sale.limitPerUser, units)).size !== units.size) return rollback("contested");
    if (!(await moves.applyToItems(run, saleId))) return rollback("contested");
    if (!(await moves.applyToSale(run, saleId, epoch))) return rollback("contested");
    return commit(holds.map(({ checkoutId }) => judgedOf(checkoutId, { state: "confirmed" }, entered.get(checkoutId))));
  });
}

/** One hold before the judge, with everything that the judge looks at locked, in the fixed order. */
export function settleOne(pool: Pool, saleId: string, epoch: number, hold: Hold): Promise<SettleReply> {
  return withTransaction<SettleReply>(pool, async (client) => {
    const run = statementsOf(client);
    const claim = await claimRow(run, saleId, epoch, hold);
    if (claim.row && isVerdict(claim.row.status)) {
      const judged = judgedOf(hold.checkoutId, claim.row.status, claim.row.decidedAtMs);
      return rollback({ kind: "judged", judged });
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
  const [sale] = await run.lockSale.execute({ saleId });
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
  fits &&= await moves.applyToSale(run, saleId, epoch);
  if (!fits) throw new Error(`the judge allowed checkout ${checkoutId} what the ledger has no room for`);
  const decided = await decide(run, saleId, new Map([[checkoutId, verdict]]));
  return judgedOf(checkoutId, verdict, decided.get(checkoutId));
}

/** Raises users' units within the limit; the users it was done for, with their units now. Their rows are locked. */
async function raiseBuyers(
  run: Statements,
  saleId: string,
  limitPerUser: number,
  units: ReadonlyMap<string, number>,
): Promise<Map<string, number>> {
  const raised = await run.raiseBuyers.execute({
    saleId,
    limitPerUser,
    userIds: [...units.keys()],
    units: [...units.values()],
  });
  return new Map(raised.map((buyer) => [buyer.userId, buyer.units]));
}

/** Locks items, by id; unknown ones are left out. */
export async function lockItems(
  run: Statements,
  saleId: string,
  itemIds: readonly string[],
): Promise<Map<string, Counters>> {
  const items = await run.lockItems.execute({ saleId, itemIds });
  return new Map(items.map(({ itemId, ...counters }) => [itemId, counters]));
}
