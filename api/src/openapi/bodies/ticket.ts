import type { RejectReason } from "@flashgate/core";
import { z } from "zod";
import { count, id, time, url, uuid } from "./values.ts";

/** Why the judge turned a checkout down. */
export const rejectReason = z.enum([
  "gate_lost",
  "key_reused",
  "user_limit",
  "sold_out",
] satisfies readonly RejectReason[]);

/** A checkout as its shopper sees it: what the 202 says and what every status answer says. */
export const ticket = z.object({
  id: uuid,
  ticket: z.string().describe("Whoever has it may read the checkout; its owner may change it."),
  status: z.enum(["reserved", "queued", "confirmed", "rejected", "expired", "cancelled"]),
  sale_id: id,
  items: z.array(z.object({ item_id: id, quantity: count })),
  quantity: count,
  reserved_at: time,
  expires_at: time.exactOptional().describe("When it is given up, as long as it is undecided."),
  poll_after_ms: count.exactOptional().describe("When to ask again, as long as it is undecided."),
  order_id: uuid.exactOptional().describe("Where it is confirmed."),
  code: rejectReason.exactOptional().describe("Where it is rejected."),
  decided_at: time.exactOptional(),
  links: z.object({ self: url, sale: url, lines: url.exactOptional(), purchase: url.exactOptional() }),
});
