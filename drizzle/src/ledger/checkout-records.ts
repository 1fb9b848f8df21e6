import {
  type CheckoutRecord,
  type LedgerStatus,
  parseLines,
  type RejectReason,
  type VerdictState,
} from "@flashgate/core";
import type { Pool } from "pg";
import { statementsOf } from "./statements.ts";
import { statusOf } from "./verdict-row.ts";

interface RecordRow extends Omit<CheckoutRecord, "lines" | "status"> {
  readonly state: "held" | VerdictState;
  readonly reason: RejectReason | null;
}

/** What cannot be the id of a row has none: whoever asks for it is not kept from the others. */
const CHECKOUT_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export function isCheckoutId(text: string): boolean {
  return CHECKOUT_ID.test(text);
}

export async function recordsOf(pool: Pool, saleId: string, checkoutIds: readonly string[]): Promise<CheckoutRecord[]> {
  const ids = checkoutIds.filter(isCheckoutId);
  if (ids.length === 0) return [];
  const rows = await statementsOf(pool).recordsOf.execute({ saleId, checkoutIds: ids });
  return rows.map(({ lines, ...row }) => recordOf(row, lines));
}

export async function readStatus(pool: Pool, saleId: string, checkoutId: string): Promise<LedgerStatus | null> {
  const [row] = await statementsOf(pool).statusOf.execute({ saleId, checkoutId });
  if (!row) return null;
  return { record: row.record && recordOf(row.record, row.lines), openEpoch: row.openEpoch, state: row.state };
}

function recordOf({ state, reason, ...row }: RecordRow, lines: string): CheckoutRecord {
  return { ...row, lines: parseLines(lines), status: statusOf(state, reason) };
}
