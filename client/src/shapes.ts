/**
 * What the api sends and takes, in its own words: fields are named as on the wire. Times are ISO 8601 in UTC, prices in
 * the currency's smallest unit. The types are held equal to the schemas that the api validates with by
 * `test/shapes.test.ts`.
 */

export type SalePhase = "scheduled" | "open" | "paused" | "ended";

/** Units of a sale. `held`: reserved, not judged yet. */
export interface Stock {
  total: number;
  available: number;
  held: number;
  sold: number;
}

export interface Sale {
  id: string;
  phase: SalePhase;
  opens_at: string;
  closes_at: string;
  /** When the next sale opens, where one is planned. */
  next_opens_at: string | null;
  server_time: string;
  stock: Stock;
  limits: { units_per_user: number };
  links: { self: string; items: string; checkouts: string; events: string };
}

export interface Item {
  id: string;
  /** Where it stands in the sale's list. */
  position: number;
  name: string;
  image_url: string;
  price_minor: number;
  stock: { total: number; available: number; sold: number };
}

/** Of which items of a sale there is something left. */
export interface Availability {
  sale_id: string;
  /** How many items the sale has. */
  items: number;
  /** One bit an item in order of position, the first in the lowest bit of the first byte, in Base64. */
  available: string;
}

/** `reserved` is a cart, `queued` waits for its verdict; the others are verdicts and stay. */
export type TicketStatus = "reserved" | "queued" | "confirmed" | "rejected" | "expired" | "cancelled";

/** Why a checkout that had been accepted was turned down. */
export type RejectReason = "gate_lost" | "key_reused" | "user_limit" | "sold_out";

/** A checkout as its shopper sees it. */
export interface Ticket {
  id: string;
  /** Whoever has it may read the checkout; its owner may change it. Keep it out of logs. */
  ticket: string;
  status: TicketStatus;
  sale_id: string;
  items: { item_id: string; quantity: number }[];
  quantity: number;
  reserved_at: string;
  /** When it is given up, as long as it is undecided. */
  expires_at?: string;
  /** When to ask again, as long as it is undecided. */
  poll_after_ms?: number;
  /** Where it is confirmed. */
  order_id?: string;
  /** Where it is rejected. */
  code?: RejectReason;
  decided_at?: string;
  links: { self: string; sale: string; lines?: string; purchase?: string };
}

/** A confirmed checkout. */
export interface Order {
  id: string;
  sale_id: string;
  items: { item_id: string; name: string; quantity: number; price_minor: number }[];
  quantity: number;
  total_minor: number;
  reserved_at: string;
  confirmed_at: string;
  links: { self: string; sale: string };
}

/** `item_id: "any"` takes whatever is left. */
export interface Wanted {
  item_id: string;
  quantity: number;
}

/** What a checkout asks for. `mode`: reserve and settle in one step, or open a cart. Default: `"purchase"`. */
export interface CheckoutRequest {
  items: Wanted[];
  mode?: "purchase" | "cart" | undefined;
}

/** A page of a list. */
export interface List<Entry> {
  data: Entry[];
  has_more: boolean;
}

/** What the api calls a refusal: stable. */
export type ProblemCode =
  | "malformed"
  | "unknown_item"
  | "unauthenticated"
  | "user_limit"
  | "sale_not_found"
  | "item_not_found"
  | "ticket_not_found"
  | "order_not_found"
  | "checkout_not_found"
  | "route_not_found"
  | "method_not_allowed"
  | "sold_out"
  | "item_taken"
  | "sale_not_open"
  | "sale_closed"
  | "sale_paused"
  | "already_confirmed"
  | "not_a_cart"
  | "not_writable"
  | "ticket_expired"
  | "ticket_cancelled"
  | "ticket_rejected"
  | "too_large"
  | "wrong_type"
  | "key_reused"
  | "rate_limited"
  | "outcome_unknown"
  | "gate_shut"
  | "backlog_full"
  | "too_many_streams"
  | "unavailable";

/** Whatever is not a success, as RFC 9457 has it. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  code: string;
  detail: string;
  request_id: string;
  /** The fields at fault, each with how to mend it. */
  errors?: { field: string; message: string }[];
  /** `user_limit`: what this shopper may still reserve. */
  units_left?: number;
  /** `item_taken`: the item that there is not enough of. */
  item_id?: string;
  /** `ticket_rejected`: why. */
  reason?: RejectReason;
  "violated-policies"?: ("user" | "address")[];
  /** `outcome_unknown`: the ticket to ask with. */
  ticket?: string;
  links?: { self: string };
}
