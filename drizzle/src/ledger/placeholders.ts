import { type SQL, sql } from "drizzle-orm";

/** Values that many statements take. */
export const saleId = sql.placeholder("saleId");
export const checkoutIds = sql`${sql.placeholder("checkoutIds")}::uuid[]`;

/** Parallel arrays of lines, as rows `line(checkout_id, item_id, quantity)`. */
export const givenLines: SQL = sql`unnest(
    ${sql.placeholder("lineCheckoutIds")}::uuid[], ${sql.placeholder("lineItemIds")}::text[],
    ${sql.placeholder("lineQuantities")}::int[]
  ) as line(checkout_id, item_id, quantity)`;
