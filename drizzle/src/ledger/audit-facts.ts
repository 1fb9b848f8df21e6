import { type BuyerFacts, hourOf, isHourly, type LedgerFacts } from "@flashgate/core";
import type { Pool } from "pg";
import { timestampOf } from "../column-types.ts";
import { commit, rollback, withTransaction } from "../transaction.ts";
import { type Statements, statementsOf } from "./statements.ts";

/** Everything the audit reads of one sale, all of one snapshot. */
export function readFacts(pool: Pool, saleId: string): Promise<LedgerFacts | null> {
  return withTransaction<LedgerFacts | null>(
    pool,
    async (client) => {
      const run = statementsOf(client);
      const [audited] = await run.auditSale.execute({ saleId });
      if (!audited) return rollback(null);
      const hour = timestampOf(hourOf(audited.sale.opensAtMs));
      return commit({
        ...audited,
        ...(await stateFacts(run, saleId)),
        items: await run.auditItems.execute({ saleId }),
        buyers: await buyerFacts(run, saleId),
        keysUsedTwice: await run.auditKeys.execute({ saleId }),
        confirmedWithoutAttempt: audited.sale.attempts === "off" ? null : await unattempted(run, saleId),
        hourlySalesInWindow: (await run.auditHour.execute({ hour })).filter((sale) => isHourly(sale.id)).length,
      });
    },
    "snapshot",
  );
}

async function stateFacts(run: Statements, saleId: string) {
  const states = await run.auditStates.execute({ saleId });
  const confirmed = states.find((row) => row.state === "confirmed");
  const reserved = states.flatMap((row) => row.firstReservedAtMs ?? []);
  return {
    confirmedUnits: confirmed?.units ?? 0,
    heldUnits: states.find((row) => row.state === "held")?.units ?? 0,
    confirmedOutsideWindow: confirmed?.outsideWindow ?? 0,
    confirmedAfterClose: confirmed?.afterClose ?? 0,
    verdicts: Object.fromEntries(
      states.map(({ state, reason, checkouts }) => [reason === null ? state : `${state}:${reason}`, checkouts]),
    ),
    firstReservedAtMs: reserved.length > 0 ? Math.min(...reserved) : null,
    lastConfirmedAtMs: confirmed?.lastDecidedAtMs ?? null,
  };
}

/** Confirmed checkouts that no attempt names. */
async function unattempted(run: Statements, saleId: string): Promise<number> {
  const [found] = await run.auditAttempts.execute({ saleId });
  return found?.checkouts ?? 0;
}

async function buyerFacts(run: Statements, saleId: string): Promise<BuyerFacts[]> {
  const counted = new Map((await run.auditBuyers.execute({ saleId })).map((row) => [row.userId, row.units]));
  const confirmed = new Map((await run.auditConfirmed.execute({ saleId })).map((row) => [row.userId, row.units]));
  return [...new Set([...counted.keys(), ...confirmed.keys()])].map((userId) => ({
    userId,
    units: counted.get(userId) ?? 0,
    confirmedUnits: confirmed.get(userId) ?? 0,
  }));
}
