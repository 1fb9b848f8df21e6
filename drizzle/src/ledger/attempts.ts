import type { RefusedAttempt } from "@flashgate/core";
import type { Pool } from "pg";
import { timestampOf } from "../column-types.ts";
import { statementsOf } from "./statements.ts";

export async function recordRefused(pool: Pool, attempts: readonly RefusedAttempt[]): Promise<void> {
  if (attempts.length === 0) return;
  await statementsOf(pool).recordRefused.execute({
    saleIds: attempts.map((attempt) => attempt.saleId),
    userIds: attempts.map((attempt) => attempt.userId),
    units: attempts.map((attempt) => attempt.units),
    outcomes: attempts.map((attempt) => attempt.outcome),
    ats: attempts.map((attempt) => timestampOf(attempt.atMs)),
  });
}
