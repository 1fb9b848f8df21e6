import { and, asc, eq, gt, sql } from "drizzle-orm";
import type { NodePgDatabase } from "drizzle-orm/node-postgres";
import { buyers, items } from "../schema.ts";
import { saleId } from "./placeholders.ts";

/** The counters of items and buyers. Each statement locks its rows by id. */
export function stockStatements(db: NodePgDatabase) {
  return { ...itemStatements(db), ...buyerStatements(db) };
}

function itemStatements(db: NodePgDatabase) {
  const itemIds = sql`${sql.placeholder("itemIds")}::text[]`;
  return {
    insertItems: db
      .insert(items)
      .select(sql`
  select ${saleId}, item.id, item.position, item.name, item.image_url, item.price_minor, item.stock, 0, 0
  from unnest(
    ${itemIds}, ${sql.placeholder("positions")}::int[], ${sql.placeholder("names")}::text[],
    ${sql.placeholder("imageUrls")}::text[], ${sql.placeholder("prices")}::int[], ${sql.placeholder("stocks")}::int[]
  ) as item(id, position, name, image_url, price_minor, stock)`)
      .prepare("insert_items"),
    itemsOf: db.select().from(items).where(eq(items.saleId, saleId)).orderBy(asc(items.position)).prepare("items_of"),
    stockOf: db
      .select({ itemId: items.id, units: sql<number>`${items.stock} - ${items.sold} - ${items.held}` })
      .from(items)
      .where(eq(items.saleId, saleId))
      .orderBy(asc(items.position))
      .prepare("stock_of"),
    lockItems: db
      .select({ itemId: items.id, stock: items.stock, sold: items.sold, held: items.held })
      .from(items)
      .where(and(eq(items.saleId, saleId), sql`${items.id} = any(${itemIds})`))
      .orderBy(asc(items.id))
      .for("update")
      .prepare("lock_items"),
    /** Moves the counters of each item that has the room; one row each is expected. */
    moveItems: db
      .update(items)
      .set({ sold: sql`${items.sold} + move.sold`, held: sql`${items.held} + move.held` })
      .from(sql`(
    select * from unnest(${itemIds}, ${sql.placeholder("sold")}::int[], ${sql.placeholder("held")}::int[])
      as move(id, sold, held)
    order by id collate "C"
  ) as move`)
      .where(
        and(
          eq(items.saleId, saleId),
          sql`${items.id} = move.id`,
          sql`${items.sold} + move.sold + ${items.held} + move.held <= ${items.stock}`,
        ),
      )
      .prepare("move_items"),
  };
}

function buyerStatements(db: NodePgDatabase) {
  const limit = sql`${sql.placeholder("limitPerUser")}::int`;
  return {
    /** Raises each user's units while the limit allows; one row each is expected. Zero units lock and tell. */
    raiseBuyers: db
      .insert(buyers)
      .select(sql`
  select ${saleId}, buyer.user_id, buyer.units
  from unnest(${sql.placeholder("userIds")}::text[], ${sql.placeholder("units")}::int[]) as buyer(user_id, units)
  where buyer.units <= ${limit}
  order by buyer.user_id`)
      .onConflictDoUpdate({
        target: [buyers.saleId, buyers.userId],
        set: { units: sql`${buyers.units} + excluded.units` },
        setWhere: sql`${buyers.units} + excluded.units <= ${limit}`,
      })
      .returning({ userId: buyers.userId, units: buyers.units })
      .prepare("raise_buyers"),
    buyersOf: db
      .select({ userId: buyers.userId, units: buyers.units })
      .from(buyers)
      .where(and(eq(buyers.saleId, saleId), gt(buyers.units, sql`0`)))
      .prepare("buyers_of"),
  };
}
