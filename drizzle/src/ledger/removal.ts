import type { RemovalStep, RemovalTerms, Sale } from "@flashgate/core";
import type { Pool } from "pg";
import { statementsOf } from "./statements.ts";

export async function oldestSealed(pool: Pool, agoMs: number): Promise<Sale | null> {
  const [sale] = await statementsOf(pool).oldestSealed.execute({ agoMs });
  return sale ?? null;
}

export async function beginRemoval(pool: Pool, saleId: string): Promise<boolean> {
  const [row] = await statementsOf(pool).beginRemoval.execute({ saleId });
  return row?.begun ?? false;
}

export async function removeRows(pool: Pool, { rowsMax, restMs }: RemovalTerms): Promise<RemovalStep | null> {
  const [step] = await statementsOf(pool).removeRows.execute({ rowsMax, restMs });
  return step && step.saleId !== null ? { saleId: step.saleId, rows: step.rows, isOver: step.isOver } : null;
}
