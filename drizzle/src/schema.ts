import { isNotNull, type SQL, type SQLWrapper, sql } from "drizzle-orm";
import { boolean, check, index, integer, pgSchema, primaryKey, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { instant, word } from "./column-types.ts";

/*
 * The ledger: the only judge of what is sold. Its constraints are the last line of defence, so each echoes a rule of the
 * state machine that the code in front of it keeps as well:
 *
 *   checkout   (absent) ──▶ held ──▶ confirmed | rejected(reason) | expired | cancelled
 *                  └────────────────▶ a verdict, which never changes
 *   sale       scheduled ──▶ recovering ⇄ open ──▶ closed
 *
 * - sale_id comes first in every key: a sale's rows lie together in every index, and go together when it is removed.
 * - No foreign keys: a check against the hot sales row would make every settlement queue for it, and every writer of a
 *   child row writes its parent in the same transaction.
 * - Writers lock checkouts, then buyers, then items, then the sales row, each by id: no two can wait for each other. (Two
 *   pages that claim two idempotency keys crosswise could; no gate lets a key through twice, and a victim tries again.)
 */
export const flashgate = pgSchema("flashgate");

/** One row a sale; the hottest row of the system while its sale runs, and last to be locked. */
export const sales = flashgate.table(
  "sales",
  {
    id: word("id").primaryKey(),
    opensAt: instant("opens_at").notNull(),
    closesAt: instant("closes_at").notNull(),
    settleUntil: instant("settle_until").notNull(),
    totalItems: integer("total_items").notNull(),
    itemsSold: integer("items_sold").notNull().default(0),
    itemsHeld: integer("items_held").notNull().default(0),
    limitPerUser: integer("limit_per_user").notNull(),
    epoch: integer("epoch").notNull().default(0),
    openEpoch: integer("open_epoch").notNull().default(0),
    state: text("state", { enum: ["scheduled", "recovering", "open", "closed"] })
      .notNull()
      .default("scheduled"),
    paused: boolean("paused").notNull().default(false),
    // Orders what a gate is told: it grows with every change of paused.
    pauseVersion: integer("pause_version").notNull().default(0),
    closedAt: instant("closed_at"),
    // What is kept of attempts. Written with the row and never after: the audit goes by it.
    attempts: text("attempts", { enum: ["all", "accepted", "off"] })
      .notNull()
      .default("all"),
  },
  (sale) => [
    check("sales_window", sql`${sale.opensAt} < ${sale.closesAt} and ${sale.closesAt} <= ${sale.settleUntil}`),
    check("sales_limit", sql`${sale.limitPerUser} > 0`),
    // Never sold twice, never past the stock: the sale as a whole.
    check(
      "sales_units",
      sql`${sale.itemsSold} >= 0 and ${sale.itemsHeld} >= 0 and ${sale.itemsSold} + ${sale.itemsHeld} <= ${sale.totalItems}`,
    ),
    check("sales_state", sql`${sale.state} in ('scheduled', 'recovering', 'open', 'closed')`),
    check("sales_attempts", sql`${sale.attempts} in ('all', 'accepted', 'off')`),
    // Epochs fence: the gate that counts is of the past or of now, an open sale's of now; only recoveries raise it.
    check("sales_epochs", sql`0 <= ${sale.openEpoch} and ${sale.openEpoch} <= ${sale.epoch}`),
    check("sales_open_epoch", sql`${sale.state} <> 'open' or ${sale.openEpoch} = ${sale.epoch}`),
    check("sales_scheduled_epoch", sql`${sale.state} <> 'scheduled' or ${sale.epoch} = 0`),
    // Sealed once, with nothing left undecided.
    check("sales_closed_at", sql`(${sale.state} = 'closed') = (${sale.closedAt} is not null)`),
    check("sales_closed_empty", sql`${sale.state} <> 'closed' or ${sale.itemsHeld} = 0`),
    // Newest window first, and the audit's "one hourly sale an hour". Never updated, so counters move in place.
    index("sales_by_window").on(sale.opensAt, sale.id),
    // Those that may still sell or settle are few among all that ever were, and looked for several times a second.
    index("sales_unsealed").on(sale.opensAt, sale.id).where(sql`${sale.state} <> 'closed'`),
  ],
);

/**
 * What a sale offers. Written once when it is scheduled; then only the counters move. No index but the key: any other
 * one could be walked, and items locked, in another order than by id.
 */
export const items = flashgate.table(
  "items",
  {
    saleId: word("sale_id").notNull(),
    id: word("id").notNull(),
    position: integer("position").notNull(),
    name: text("name").notNull(),
    imageUrl: text("image_url").notNull(),
    priceMinor: integer("price_minor").notNull(),
    stock: integer("stock").notNull(),
    sold: integer("sold").notNull().default(0),
    held: integer("held").notNull().default(0),
  },
  (item) => [
    primaryKey({ name: "items_pkey", columns: [item.saleId, item.id] }),
    check("items_offer", sql`${item.position} > 0 and ${item.stock} > 0 and ${item.priceMinor} >= 0`),
    // Never sold twice, never past the stock: each item.
    check("items_units", sql`${item.sold} >= 0 and ${item.held} >= 0 and ${item.sold} + ${item.held} <= ${item.stock}`),
  ],
);

/** Units confirmed for each user of a sale: raised only while they stay within the sale's limit, never lowered. */
export const buyers = flashgate.table(
  "buyers",
  {
    saleId: word("sale_id").notNull(),
    userId: word("user_id").notNull(),
    units: integer("units").notNull(),
  },
  (buyer) => [
    primaryKey({ name: "buyers_pkey", columns: [buyer.saleId, buyer.userId] }),
    check("buyers_units", sql`${buyer.units} >= 0`),
  ],
);

/** The span of three days (2^28 ms) in which an id was made: the time that it begins with, cut off. */
export function spanOf(id: SQLWrapper): SQL<string> {
  return sql`(left(${id}::text, 5) collate "C")`;
}

/** One row a judged or adopted checkout. `key` and `fingerprint` are empty where the shopper sent no idempotency key. */
export const checkouts = flashgate.table(
  "checkouts",
  {
    saleId: word("sale_id").notNull(),
    id: uuid("id").notNull(),
    userId: word("user_id").notNull(),
    units: integer("units").notNull(),
    mode: text("mode", { enum: ["cart", "submitted", "lapsed"] }),
    key: word("key").notNull(),
    fingerprint: word("fingerprint").notNull(),
    deadline: instant("deadline"),
    epoch: integer("epoch").notNull(),
    state: text("state", { enum: ["held", "confirmed", "rejected", "expired", "cancelled"] }).notNull(),
    reason: text("reason", { enum: ["gate_lost", "key_reused", "user_limit", "sold_out"] }),
    reservedAt: instant("reserved_at"),
    decidedAt: instant("decided_at"),
  },
  (checkout) => [
    // One row a checkout: what makes a second delivery harmless.
    primaryKey({ name: "checkouts_pkey", columns: [checkout.saleId, checkout.id] }),
    check("checkouts_state", sql`${checkout.state} in ('held', 'confirmed', 'rejected', 'expired', 'cancelled')`),
    check("checkouts_reason_values", sql`${checkout.reason} in ('gate_lost', 'key_reused', 'user_limit', 'sold_out')`),
    check("checkouts_reason", sql`(${checkout.state} = 'rejected') = (${checkout.reason} is not null)`),
    // A verdict has its moment; only what is held waits for one.
    check("checkouts_decided", sql`(${checkout.state} <> 'held') = (${checkout.decidedAt} is not null)`),
    // A held row must be able to go back into a gate; a verdict never does.
    check("checkouts_mode_values", sql`${checkout.mode} in ('cart', 'submitted', 'lapsed')`),
    check("checkouts_mode", sql`(${checkout.state} = 'held') = (${checkout.mode} is not null)`),
    check("checkouts_held_deadline", sql`${checkout.state} <> 'held' or ${checkout.deadline} is not null`),
    // What takes stock takes some of it, and came through a gate. A tomb may know of neither.
    check(
      "checkouts_taking",
      sql`${checkout.state} not in ('held', 'confirmed') or (${checkout.units} > 0 and ${checkout.reservedAt} is not null)`,
    ),
    check("checkouts_units", sql`${checkout.units} >= 0 and ${checkout.epoch} >= 0`),
    // An idempotency key buys once, whatever the gates forgot. Partial: a key whose checkout came to nothing is free.
    uniqueIndex("checkouts_key")
      .on(checkout.saleId, checkout.userId, checkout.key)
      .where(sql`${checkout.state} in ('held', 'confirmed') and ${checkout.key} <> ''`),
    // A shopper's orders, of any sale: one of them, and page by page from the last, a span of time after the other. The span comes
    // first, so that a crowd's orders are entered side by side among those of these days, not all over those of years.
    index("checkouts_orders")
      .on(spanOf(checkout.id), checkout.userId, checkout.id)
      .where(sql`${checkout.state} = 'confirmed'`),
    // Adopted rows are few among millions; closing, adoption and the audit want just them. Settling never touches it.
    index("checkouts_held").on(checkout.saleId, checkout.id).where(sql`${checkout.state} = 'held'`),
  ],
);

/** What each checkout is about: confirmed lines are sold, a held row's are held, a tomb's are for the record. */
export const checkoutLines = flashgate.table(
  "checkout_lines",
  {
    saleId: word("sale_id").notNull(),
    checkoutId: uuid("checkout_id").notNull(),
    itemId: word("item_id").notNull(),
    quantity: integer("quantity").notNull(),
  },
  (line) => [
    primaryKey({ name: "checkout_lines_pkey", columns: [line.saleId, line.checkoutId, line.itemId] }),
    check("checkout_lines_quantity", sql`${line.quantity} > 0`),
  ],
);

/** Append-only: who tried to buy and what the gate said. `checkout_id` names the row that an accepted attempt led to. */
export const checkoutAttempts = flashgate.table(
  "checkout_attempts",
  {
    saleId: word("sale_id").notNull(),
    checkoutId: uuid("checkout_id"),
    userId: word("user_id").notNull(),
    units: integer("units").notNull(),
    outcome: text("outcome").notNull(),
    at: instant("at").notNull(),
  },
  (attempt) => [
    check("checkout_attempts_accepted", sql`(${attempt.outcome} = 'held') = (${attempt.checkoutId} is not null)`),
    // One accepted attempt a checkout; the audit looks for each. Refused attempts are the many: they pay for no such index.
    uniqueIndex("checkout_attempts_accepted_once")
      .on(attempt.saleId, attempt.checkoutId)
      .where(isNotNull(attempt.checkoutId)),
    // Attempts of a sale lie together as they came: which pages may have some of it is a few bytes for every 64 pages.
    index("checkout_attempts_of_sale")
      .using("brin", attempt.saleId.op("text_bloom_ops"))
      .with({ pages_per_range: 64, autosummarize: true }),
  ],
);

/**
 * Checkouts that failed to be judged, counted until they are dead letters: whoever has `dead_at` and no verdict waits for an
 * operator. A row stays when its checkout was judged after all. Ids are text: what cannot be one is just what may fail here.
 */
export const deadLetters = flashgate.table(
  "dead_letters",
  {
    saleId: word("sale_id").notNull(),
    checkoutId: word("checkout_id").notNull(),
    userId: word("user_id").notNull(),
    epoch: integer("epoch").notNull(),
    cause: text("cause").notNull(),
    tries: integer("tries").notNull(),
    firstFailedAt: instant("first_failed_at").notNull(),
    lastFailedAt: instant("last_failed_at").notNull(),
    deadAt: instant("dead_at"),
  },
  (letter) => [
    primaryKey({ name: "dead_letters_pkey", columns: [letter.saleId, letter.checkoutId] }),
    check("dead_letters_tries", sql`${letter.tries} > 0`),
    check("dead_letters_times", sql`${letter.firstFailedAt} <= ${letter.lastFailedAt}`),
  ],
);

/**
 * Sales that were taken out of the ledger, kept so that no id comes twice. Their rows go step by step: there are some, until
 * `emptied_at`; the sale is looked through once more a while later, and is over at `ended_at`.
 */
export const removedSales = flashgate.table(
  "removed_sales",
  {
    id: word("id").primaryKey(),
    closedAt: instant("closed_at").notNull(),
    begunAt: instant("begun_at").notNull(),
    emptiedAt: instant("emptied_at"),
    endedAt: instant("ended_at"),
  },
  (removed) => [
    check("removed_sales_ended", sql`${removed.endedAt} is null or ${removed.emptiedAt} is not null`),
    // What is not over is looked for again and again; what is over stays for ever.
    index("removed_sales_begun").on(removed.begunAt, removed.id).where(sql`${removed.endedAt} is null`),
  ],
);
