import { and, asc, desc, eq, isNotNull, isNull, sql } from "drizzle-orm";
import type { NodePgDatabase } from "drizzle-orm/node-postgres";
import { checkouts, deadLetters, sales } from "../schema.ts";
import { saleId } from "./placeholders.ts";

const letter = {
  saleId: deadLetters.saleId,
  checkoutId: deadLetters.checkoutId,
  userId: deadLetters.userId,
  epoch: deadLetters.epoch,
  cause: deadLetters.cause,
  tries: deadLetters.tries,
  firstFailedAtMs: deadLetters.firstFailedAt,
  lastFailedAtMs: deadLetters.lastFailedAt,
};
const checkoutIds = sql`${sql.placeholder("checkoutIds")}::text[]`;
const triesMax = sql`${sql.placeholder("triesMax")}::int`;
/** The id of a checkout's row; null for what cannot be one, so that it is never cast. */
const rowId = sql`case when ${deadLetters.checkoutId} ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
  then ${deadLetters.checkoutId}::uuid end`;

export function deadLetterStatements(db: NodePgDatabase) {
  return {
    recordFailure: db
      .insert(deadLetters)
      .values({
        saleId,
        checkoutId: sql.placeholder("checkoutId"),
        userId: sql.placeholder("userId"),
        epoch: sql.placeholder("epoch"),
        cause: sql.placeholder("cause"),
        tries: sql`1`,
        firstFailedAt: sql`now()`,
        lastFailedAt: sql`now()`,
      })
      .onConflictDoUpdate({
        target: [deadLetters.saleId, deadLetters.checkoutId],
        set: {
          epoch: sql`greatest(${deadLetters.epoch}, excluded.epoch)`,
          cause: sql`excluded.cause`,
          tries: sql`${deadLetters.tries} + 1`,
          lastFailedAt: sql`greatest(${deadLetters.lastFailedAt}, now())`,
          deadAt: sql`case when ${deadLetters.tries} + 1 >= ${triesMax} then now() end`,
        },
      })
      .returning({ tries: deadLetters.tries, deadAtMs: deadLetters.deadAt })
      .prepare("record_failure"),
    deadAmong: db
      .select({ checkoutId: deadLetters.checkoutId })
      .from(deadLetters)
      .where(
        and(
          eq(deadLetters.saleId, saleId),
          sql`${deadLetters.checkoutId} = any(${checkoutIds})`,
          isNotNull(deadLetters.deadAt),
        ),
      )
      .prepare("dead_among"),
    reviveDead: db
      .update(deadLetters)
      .set({ deadAt: sql`null` })
      .where(and(eq(deadLetters.saleId, saleId), sql`${deadLetters.checkoutId} = any(${checkoutIds})`))
      .prepare("revive_dead"),
    failureOf: db
      .select(letter)
      .from(deadLetters)
      .where(eq(deadLetters.checkoutId, sql.placeholder("checkoutId")))
      .orderBy(desc(deadLetters.lastFailedAt))
      .limit(1)
      .prepare("failure_of"),
    ...waitingStatements(db),
  };
}

/** Dead letters of unsealed sales, without a verdict: sales and checkouts are looked at by their keys. */
function waitingStatements(db: NodePgDatabase) {
  const unsealed = and(eq(sales.id, deadLetters.saleId), sql`${sales.state} <> 'closed'`);
  const verdict = and(
    eq(checkouts.saleId, deadLetters.saleId),
    sql`${checkouts.id} = ${rowId}`,
    isNotNull(checkouts.decidedAt),
  );
  const waits = and(isNotNull(deadLetters.deadAt), isNull(checkouts.id));
  const after = sql`${sql.placeholder("after")}::text`;
  const ofSale = sql`${sql.placeholder("ofSale")}::text`;
  return {
    deadLettersOf: db
      .select(letter)
      .from(deadLetters)
      .innerJoin(sales, unsealed)
      .leftJoin(checkouts, verdict)
      .where(
        and(
          waits,
          sql`(${ofSale} is null or ${deadLetters.saleId} = ${ofSale})`,
          sql`${deadLetters.checkoutId} > ${after}`,
        ),
      )
      .orderBy(asc(deadLetters.checkoutId))
      .limit(sql.placeholder("limit"))
      .prepare("dead_letters_of"),
    countDead: db
      .select({ count: sql<number>`count(*)::int` })
      .from(deadLetters)
      .innerJoin(sales, unsealed)
      .leftJoin(checkouts, verdict)
      .where(waits)
      .prepare("count_dead"),
  };
}
