import type {
  ApartReply,
  CatalogueEntry,
  Item,
  PauseReply,
  RecoveryBegun,
  Sale,
  SaleFilter,
  SalePlan,
  SaleState,
} from "@flashgate/core";
import type { Pool } from "pg";
import { timestampOf } from "../column-types.ts";
import { StaleRead } from "../sql-state.ts";
import { commit, rollback, withTransaction } from "../transaction.ts";
import { chunksOf } from "./chunks.ts";
import { decide, lockHeldRows } from "./held-rows.ts";
import { type Statements, statementsOf } from "./statements.ts";
import { StockMoves } from "./stock-moves.ts";
import { unknownSale } from "./unknown-sale.ts";

const ALL_STATES: readonly SaleState[] = ["scheduled", "recovering", "open", "closed"];

export function schedule(
  pool: Pool,
  plan: SalePlan,
  catalogue: readonly CatalogueEntry[],
): Promise<"scheduled" | "exists"> {
  return withTransaction<"scheduled" | "exists">(pool, async (client) => {
    const inserted = await insert(statementsOf(client), plan, catalogue);
    return inserted ? commit("scheduled") : rollback("exists");
  });
}

/** What is compared is read under the lock, by a statement of its own, so that it sees whatever was scheduled under it. */
export function scheduleApart(pool: Pool, plan: SalePlan, catalogue: readonly CatalogueEntry[]): Promise<ApartReply> {
  return withTransaction<ApartReply>(pool, async (client) => {
    const run = statementsOf(client);
    await run.lockWindows.execute();
    const window = { opensAt: timestampOf(plan.opensAtMs), closesAt: timestampOf(plan.closesAtMs) };
    const [other] = await run.saleBeside.execute({ saleId: plan.id, ...window });
    if (other) return rollback({ kind: "overlaps", saleId: other.id });
    const inserted = await insert(run, plan, catalogue);
    return inserted ? commit({ kind: "scheduled" }) : rollback({ kind: "exists" });
  });
}

/** False where the sale is there already. */
async function insert(run: Statements, plan: SalePlan, catalogue: readonly CatalogueEntry[]): Promise<boolean> {
  const { id: saleId, attempts = "all", ...window } = plan;
  const totalItems = catalogue.reduce((units, item) => units + item.stock, 0);
  // First, for once: nobody else can want the items of a sale that is not there yet.
  const inserted = await run.insertSale.execute({ saleId, attempts, ...window, totalItems });
  if (inserted.length === 0) return false;
  // After the insert, which waits for whoever is just taking a sale of that id out.
  const [removed] = await run.removedSale.execute({ saleId });
  if (removed) return false;
  let position = 1;
  for (const chunk of chunksOf(catalogue)) {
    await run.insertItems.execute({
      saleId,
      itemIds: chunk.map((item) => item.id),
      positions: chunk.map(() => position++),
      names: chunk.map((item) => item.name),
      imageUrls: chunk.map((item) => item.imageUrl),
      prices: chunk.map((item) => item.priceMinor),
      stocks: chunk.map((item) => item.stock),
    });
  }
  return true;
}

export async function find(pool: Pool, saleId: string): Promise<Sale | null> {
  const [sale] = await statementsOf(pool).findSale.execute({ saleId });
  return sale ?? null;
}

export function list(pool: Pool, { states = ALL_STATES, after, limit }: SaleFilter): Promise<Sale[]> {
  const behind = after
    ? { afterOpensAt: timestampOf(after.opensAtMs), afterId: after.id }
    : { afterOpensAt: null, afterId: null };
  const run = statementsOf(pool);
  const page = { states, ...behind, limit };
  return states.includes("closed") ? run.listSales.execute(page) : run.listUnsealed.execute(page);
}

export function items(pool: Pool, saleId: string): Promise<Item[]> {
  return statementsOf(pool).itemsOf.execute({ saleId });
}

export async function beginRecovery(pool: Pool, saleId: string, seenEpoch: number): Promise<RecoveryBegun> {
  const [begun] = await statementsOf(pool).beginRecovery.execute({ saleId, epoch: seenEpoch });
  if (begun) return { kind: "begun", ...begun };
  const sale = await find(pool, saleId);
  if (!sale) throw unknownSale(saleId);
  return { kind: sale.state === "closed" ? "closed" : "superseded" };
}

export async function setPaused(pool: Pool, saleId: string, paused: boolean): Promise<PauseReply> {
  const [sale] = await statementsOf(pool).setPaused.execute({ saleId, paused });
  if (sale) return { kind: "set", sale };
  return (await find(pool, saleId)) ? { kind: "closed" } : { kind: "unknown_sale" };
}

export function close(pool: Pool, saleId: string): Promise<"closed" | "not_yet"> {
  return withTransaction<"closed" | "not_yet">(pool, async (client) => {
    const run = statementsOf(client);
    const [at] = await run.saleNow.execute({ saleId });
    if (!at) throw unknownSale(saleId);
    if (at.sale.state === "closed") return rollback("closed");
    if (at.nowMs < at.sale.settleUntilMs) return rollback("not_yet");

    const held = await lockHeldRows(run, saleId);
    await decide(run, saleId, new Map([...held.keys()].map((checkoutId) => [checkoutId, { state: "expired" }])));
    const moves = new StockMoves();
    for (const lines of held.values()) moves.release(lines);
    if (!(await moves.applyToItems(run, saleId))) throw new Error(`held units of sale "${saleId}" do not add up`);
    const { rowCount } = await run.closeSale.execute({ saleId, released: -moves.held });
    // The sales row comes last, so a recovery may have adopted more in between.
    if (rowCount !== 1) throw new StaleRead(`sale "${saleId}" was recovered or closed meanwhile`);
    return commit("closed");
  });
}
