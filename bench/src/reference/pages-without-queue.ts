import type { Hold } from "@flashgate/core";
import { createLedger, createPool } from "@flashgate/drizzle";

/** As many pages at once as a worker settles, and as many connections as it has. */
const PAGES_AT_ONCE = 4;
const CONNECTIONS = 6;

export interface LedgerWork {
  readonly databaseUrl: string;
  readonly saleId: string;
  readonly epoch: number;
  readonly pages: readonly (readonly Hold[])[];
}

/**
 * What a worker has the ledger do for these pages, without a queue, a gate or a verdict told: the same statements, as fast
 * as they go. Throws where a page is contested. Resolves to the milliseconds that it took.
 */
export async function settleWithoutQueue({ databaseUrl, saleId, epoch, pages }: LedgerWork): Promise<number> {
  const pool = createPool({
    url: databaseUrl,
    max: CONNECTIONS,
    applicationName: "flashgate-reference",
    onError: () => undefined,
  });
  try {
    const ledger = createLedger(pool);
    await Promise.all(Array.from({ length: CONNECTIONS }, () => pool.query("select pg_sleep(0.02)")));
    const left = [...pages];
    const work = async () => {
      for (let page = left.pop(); page; page = left.pop()) {
        if ((await ledger.settleAll(saleId, epoch, page)) === "contested") throw new Error("a page was contested");
      }
    };
    const startedMs = performance.now();
    await Promise.all(Array.from({ length: PAGES_AT_ONCE }, work));
    return performance.now() - startedMs;
  } finally {
    await pool.end();
  }
}
