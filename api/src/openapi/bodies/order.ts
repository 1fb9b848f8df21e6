import { z } from "zod";
import { count, id, minor, time, url, uuid } from "./values.ts";

/** An order: a confirmed checkout, as its shopper sees it. */
export const order = z.object({
  id: uuid,
  sale_id: id,
  items: z.array(z.object({ item_id: id, name: z.string(), quantity: count, price_minor: minor })),
  quantity: count,
  total_minor: minor,
  reserved_at: time,
  confirmed_at: time,
  links: z.object({ self: url, sale: url }),
});
