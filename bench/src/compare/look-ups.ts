/** What processes ask the ledger for again and again, and what of it grows with its tables. */

import { statementTexts } from "@flashgate/drizzle";
import pg from "pg";
import type { Shop } from "../deployment/shop.ts";
import type { Row } from "../figures/figure.ts";
import type { FilledSale } from "./history-filling.ts";
import { medianOf } from "./ratio.ts";

/** Each is asked so often; the time is the median, the pages those of the last, which finds them in memory. */
const TIMES = 9;
const PAGE = 21;
const UNSEALED = "{scheduled,recovering,open}";

type StatementName = keyof ReturnType<typeof statementTexts>;
type Value = string | number | null;

interface LookUp {
  readonly what: string;
  readonly statement: StatementName;
  readonly values: (last: FilledSale) => readonly Value[];
}

/** What is asked of the last sale: it has as many orders wherever it is asked. */
const LOOK_UPS: readonly LookUp[] = [
  { what: "a shopper's orders", statement: "ordersOf", values: ({ userId }) => [null, userId, null, PAGE, PAGE] },
  { what: "an order", statement: "orderOf", values: ({ userId, checkoutId }) => [userId, checkoutId, checkoutId] },
  { what: "a ticket's status", statement: "statusOf", values: ({ saleId, checkoutId }) => [checkoutId, saleId] },
  {
    what: "many tickets' status",
    statement: "recordsOf",
    values: ({ saleId, checkoutId }) => [saleId, `{${checkoutId}}`],
  },
  {
    what: "the list of sales",
    statement: "listSales",
    values: () => [`{scheduled,recovering,open,closed}`, null, null, PAGE],
  },
  { what: "the sales to look after", statement: "listUnsealed", values: () => [UNSEALED, null, null, 1_000] },
  { what: "dead letters", statement: "countDead", values: () => [] },
  { what: "a recovery's holds", statement: "holdsOf", values: ({ saleId }) => [saleId] },
  { what: "a recovery's buyers", statement: "buyersOf", values: ({ saleId }) => [saleId] },
  { what: "a recovery's keys", statement: "keysOf", values: ({ saleId }) => [saleId] },
  { what: "an audit's checkouts", statement: "auditStates", values: ({ saleId }) => [saleId] },
  { what: "an audit's items", statement: "auditItems", values: ({ saleId }) => [saleId, saleId] },
  { what: "an audit's buyers", statement: "auditConfirmed", values: ({ saleId }) => [saleId] },
  { what: "an audit's attempts", statement: "auditAttempts", values: ({ saleId }) => [saleId] },
  {
    what: "attempts of a sale",
    statement: "attemptsOf",
    values: ({ saleId }) => [saleId, ...Array(6).fill(null), PAGE, 0],
  },
];

interface Cost {
  readonly pages: number;
  readonly ms: number;
}

/** A row for each: pages of memory it touched, which no noise disturbs, and its time, with many rows to with few. */
export async function lookUpRows(
  many: { readonly shop: Shop; readonly last: FilledSale },
  few: { readonly shop: Shop; readonly last: FilledSale },
): Promise<Row[]> {
  const [ours, theirs] = [await costsOf(many.shop, many.last), await costsOf(few.shop, few.last)];
  return LOOK_UPS.map(({ what }, index): Row => {
    const [cost, base] = [ours[index], theirs[index]];
    if (!cost || !base) throw new Error(`${what} was not asked`);
    return {
      what,
      unit: "times (and ms)",
      values: { pages: cost.pages / Math.max(1, base.pages), time: cost.ms / base.ms, ms: cost.ms },
    };
  });
}

async function costsOf({ stage, pool }: Shop, last: FilledSale): Promise<Cost[]> {
  const texts = statementTexts(pool);
  const client = new pg.Client({ connectionString: stage.local.databaseUrl, application_name: "flashgate-bench" });
  await client.connect();
  try {
    // As a process plans a statement that it has sent a few times, and as the audit plans within its transaction.
    await client.query("set plan_cache_mode = force_generic_plan");
    const costs: Cost[] = [];
    for (const { statement, values } of LOOK_UPS) {
      await client.query(`set enable_nestloop = ${statement.startsWith("audit") ? "off" : "on"}`);
      await client.query(`prepare look_up as ${texts[statement]}`);
      costs.push(await costOf(client, values(last)));
      await client.query("deallocate look_up");
    }
    return costs;
  } finally {
    await client.end();
  }
}

async function costOf(client: pg.Client, values: readonly Value[]): Promise<Cost> {
  const given = values.map((value) => (value === null ? "null" : client.escapeLiteral(String(value))));
  const execute = given.length === 0 ? "execute look_up" : `execute look_up (${given.join(", ")})`;
  const times: number[] = [];
  let pages = 0;
  for (let time = 0; time < TIMES; time += 1) {
    const { rows } = await client.query(`explain (analyze, buffers, timing off, format json) ${execute}`);
    const [explained] = rows[0]["QUERY PLAN"];
    pages = explained.Plan["Shared Hit Blocks"] + explained.Plan["Shared Read Blocks"];
    times.push(explained["Execution Time"]);
  }
  return { pages, ms: medianOf(times).median };
}
