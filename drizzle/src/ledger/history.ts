import type { AttemptQuery, RecordedAttempt } from "@flashgate/core";
import type { Pool } from "pg";
import { timestampOf } from "../column-types.ts";
import { isCheckoutId } from "./checkout-records.ts";
import { statementsOf } from "./statements.ts";

export async function saleOf(pool: Pool, checkoutId: string): Promise<string | null> {
  if (!isCheckoutId(checkoutId)) return null;
  const [row] = await statementsOf(pool).saleOf.execute({ checkoutId });
  return row?.saleId ?? null;
}

export function attempts(pool: Pool, query: AttemptQuery): Promise<RecordedAttempt[]> {
  const { saleId, userId, checkoutId, untilMs, skip, limit } = query;
  return statementsOf(pool).attemptsOf.execute({
    saleId,
    userId: userId ?? null,
    checkoutId: checkoutId ?? null,
    until: untilMs === undefined ? null : timestampOf(untilMs),
    skip: skip ?? 0,
    limit,
  });
}
