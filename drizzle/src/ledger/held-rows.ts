import { type CheckoutRecord, type Hold, type Line, parseLines, unitsOf, type Verdict } from "@flashgate/core";
import { timestampOf } from "../column-types.ts";
import { chunksOf } from "./chunks.ts";
import { lineColumns } from "./entries.ts";
import type { Statements } from "./statements.ts";
import { statusOf } from "./verdict-row.ts";

/** A checkout's row while its transaction has it locked. */
export interface LockedRow {
  readonly status: CheckoutRecord["status"];
  readonly lines: readonly Line[];
  readonly decidedAtMs: number | null;
}

/** Locks the rows of these checkouts, by id, and reads them; absent ones are left out. */
export async function lockRows(
  run: Statements,
  saleId: string,
  checkoutIds: readonly string[],
): Promise<Map<string, LockedRow>> {
  const rows = new Map<string, LockedRow>();
  for (const chunk of chunksOf([...checkoutIds].sort())) {
    const locked = await run.lockCheckouts.execute({ saleId, checkoutIds: chunk });
    const lines = await linesOf(run, saleId, chunk);
    for (const { checkoutId, state, reason, decidedAtMs } of locked) {
      rows.set(checkoutId, { status: statusOf(state, reason), lines: lines.get(checkoutId) ?? [], decidedAtMs });
    }
  }
  return rows;
}

/** Locks every held row of a sale, by id. */
export async function lockHeldRows(run: Statements, saleId: string): Promise<Map<string, readonly Line[]>> {
  const locked = await run.lockHeld.execute({ saleId });
  const lines = new Map<string, readonly Line[]>();
  for (const chunk of chunksOf(locked)) {
    const ofChunk = await linesOf(
      run,
      saleId,
      chunk.map((row) => row.checkoutId),
    );
    for (const [checkoutId, list] of ofChunk) lines.set(checkoutId, list);
  }
  return lines;
}

/** Makes held rows say what the gate says of them now. Their counters are the caller's to move. */
export async function rewriteHeld(run: Statements, saleId: string, epoch: number, holds: readonly Hold[]) {
  for (const chunk of chunksOf(holds)) {
    const checkoutIds = chunk.map((hold) => hold.checkoutId);
    await run.refreshHeld.execute({
      saleId,
      epoch,
      checkoutIds,
      units: chunk.map((hold) => unitsOf(hold.lines)),
      modes: chunk.map((hold) => hold.mode),
      deadlines: chunk.map((hold) => timestampOf(hold.deadlineMs)),
    });
    await run.deleteLines.execute({ saleId, checkoutIds });
    await run.insertLines.execute({ saleId, ...lineColumns(chunk) });
  }
}

/** Turns locked held rows into verdicts; the moment of each comes back. Their counters are the caller's to move. */
export async function decide(
  run: Statements,
  saleId: string,
  verdicts: ReadonlyMap<string, Verdict>,
): Promise<Map<string, number | null>> {
  const decided = new Map<string, number | null>();
  for (const chunk of chunksOf([...verdicts])) {
    const rows = await run.decideHeld.execute({
      saleId,
      checkoutIds: chunk.map(([checkoutId]) => checkoutId),
      states: chunk.map(([, verdict]) => verdict.state),
      reasons: chunk.map(([, verdict]) => (verdict.state === "rejected" ? verdict.reason : null)),
    });
    for (const { checkoutId, decidedAtMs } of rows) decided.set(checkoutId, decidedAtMs);
  }
  if (decided.size !== verdicts.size) throw new Error(`${verdicts.size - decided.size} rows to decide were not held`);
  return decided;
}

/** Gives ended rows that went without their key the key of their hold; any other row is left as it is. */
export async function nameEnded(
  run: Statements,
  saleId: string,
  named: readonly Pick<Hold, "checkoutId" | "key" | "fingerprint">[],
): Promise<void> {
  for (const chunk of chunksOf(named.filter(({ key }) => key !== ""))) {
    await run.nameEnded.execute({
      saleId,
      checkoutIds: chunk.map(({ checkoutId }) => checkoutId),
      keys: chunk.map(({ key }) => key),
      fingerprints: chunk.map(({ fingerprint }) => fingerprint),
    });
  }
}

async function linesOf(run: Statements, saleId: string, checkoutIds: readonly string[]) {
  const rows = await run.linesOf.execute({ saleId, checkoutIds });
  return new Map(rows.map(({ checkoutId, lines }) => [checkoutId, parseLines(lines)]));
}
