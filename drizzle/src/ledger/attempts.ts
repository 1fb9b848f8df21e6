import type { RefusedAttempt } from "@flashgate/core";
import type { Pool } from "pg";
import { statementsOf } from "./statements.ts";

/** A crowd is refused for one reason at a time: most pages are of one sale and one outcome, and one statement. */
export async function recordRefused(pool: Pool, attempts: readonly RefusedAttempt[]): Promise<void> {
  for (const same of alike(attempts)) {
    const { saleId, outcome } = same[0];
    await statementsOf(pool).recordRefused.execute({
      saleId,
      outcome,
      userIds: same.map((attempt) => attempt.userId),
      units: `{${same.map((attempt) => attempt.units).join()}}`,
      atMs: `{${same.map((attempt) => attempt.atMs).join()}}`,
    });
  }
}

/** By sale and outcome. */
function alike(attempts: readonly RefusedAttempt[]): Iterable<[RefusedAttempt, ...RefusedAttempt[]]> {
  const groups = new Map<string, [RefusedAttempt, ...RefusedAttempt[]]>();
  for (const attempt of attempts) {
    const name = `${attempt.saleId} ${attempt.outcome}`;
    const group = groups.get(name);
    if (group) group.push(attempt);
    else groups.set(name, [attempt]);
  }
  return groups.values();
}
