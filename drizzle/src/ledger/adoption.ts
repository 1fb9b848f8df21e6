import { type Adoption, adopt, byCheckoutId, type GateSnapshot, type Hold, keyOf, type Verdict } from "@flashgate/core";
import type { Pool } from "pg";
import { StaleRead } from "../sql-state.ts";
import { commit, rollback, withTransaction } from "../transaction.ts";
import { withAcceptable } from "./acceptance.ts";
import { enter, heldEntry } from "./entries.ts";
import { decide, type LockedRow, lockRows, nameEnded, rewriteHeld } from "./held-rows.ts";
import { readSnapshot } from "./snapshot.ts";
import { type Statements, statementsOf } from "./statements.ts";
import { lockItems, StockMoves } from "./stock-moves.ts";

/**
 * Recovery (c). A survivor that the database cannot take at all is left out: it must not keep a sale shut, and its ticket,
 * of an opening that is over then, gets `gate_lost`.
 */
export function adoptSurvivors(
  pool: Pool,
  saleId: string,
  epoch: number,
  survivors: readonly Hold[],
): Promise<GateSnapshot | "superseded"> {
  const entryOf = (hold: Hold) => heldEntry(hold, epoch);
  return withAcceptable({ pool, saleId, entryOf }, survivors, (accepted) => adoptAll(pool, saleId, epoch, accepted));
}

/** In one transaction: claims every survivor's row, lets `adopt` decide, writes, opens and takes the snapshot. */
function adoptAll(
  pool: Pool,
  saleId: string,
  epoch: number,
  survivors: readonly Hold[],
): Promise<GateSnapshot | "superseded"> {
  return withTransaction<GateSnapshot | "superseded">(pool, async (client) => {
    const run = statementsOf(client);
    const [seen] = await run.findSale.execute({ saleId });
    if (!seen || seen.epoch !== epoch || seen.state !== "recovering") return rollback("superseded");

    const { rows, keys } = await claimRows(run, saleId, epoch, [...survivors].sort(byCheckoutId));
    const named = [...survivors, ...rows.values()].flatMap(({ lines }) => lines.map((line) => line.itemId));
    const items = await lockItems(run, saleId, [...new Set(named)]);
    const [sale] = await run.lockSale.execute({ saleId });
    if (!sale || sale.epoch !== epoch || sale.state !== "recovering") return rollback("superseded");

    const moves = await write(run, saleId, epoch, adopt(survivors, { sale, rows, items, keys }), rows);
    const [opened] = await run.openSale.execute({ saleId, epoch, held: moves.held });
    if (!opened) throw new Error(`sale "${saleId}" changed under its lock`);
    return commit(await readSnapshot(run, opened));
  });
}

/**
 * Gives every survivor a locked row: a placeholder, held as it would be adopted, or the row that it has already, which
 * comes back. A survivor whose key belongs to another checkout has a placeholder without it, and the owner comes back.
 */
async function claimRows(run: Statements, saleId: string, epoch: number, survivors: readonly Hold[]) {
  const entered = await enter(
    run,
    saleId,
    survivors.map((hold) => heldEntry(hold, epoch)),
  );
  const known = survivors.filter((hold) => !entered.has(hold.checkoutId));
  const rows = await lockRows(
    run,
    saleId,
    known.map((hold) => hold.checkoutId),
  );

  const keyless = known.filter((hold) => !rows.has(hold.checkoutId));
  const late = await enter(
    run,
    saleId,
    keyless.map((hold) => heldEntry({ ...hold, key: "" }, epoch)),
  );
  if (late.size !== keyless.length) throw new StaleRead("a survivor was entered meanwhile");
  const owners = await run.ownersOfKeys.execute({
    saleId,
    userIds: keyless.map((hold) => hold.userId),
    keys: keyless.map((hold) => hold.key),
  });
  const keys = new Map(owners.map((owner) => [keyOf(owner), owner.checkoutId]));
  if (!keyless.every((hold) => keys.has(keyOf(hold)))) {
    throw new StaleRead("an idempotency key lost its owner meanwhile");
  }
  return { rows, keys };
}

/** Writes what was decided; placeholders of survivors that are held as they came are written already. */
async function write(
  run: Statements,
  saleId: string,
  epoch: number,
  adoptions: readonly Adoption[],
  rows: ReadonlyMap<string, LockedRow>,
): Promise<StockMoves> {
  const moves = new StockMoves();
  const rejected = new Map<string, Verdict>();
  const refreshed: Hold[] = [];
  const named: Hold[] = [];
  for (const adoption of adoptions) {
    const { checkoutId, lines } = adoption.hold;
    if (adoption.kind === "name") {
      named.push(adoption.hold);
      continue;
    }
    moves.release(rows.get(checkoutId)?.lines ?? []);
    if (adoption.kind === "reject") {
      rejected.set(checkoutId, adoption.verdict);
    } else {
      moves.hold(lines);
      if (adoption.kind === "refresh") refreshed.push(adoption.hold);
    }
  }
  await nameEnded(run, saleId, named);
  await decide(run, saleId, rejected);
  await rewriteHeld(run, saleId, epoch, refreshed);
  if (!(await moves.applyToItems(run, saleId))) throw new Error("adopted what the ledger has no room for");
  return moves;
}
