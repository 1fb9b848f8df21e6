import { z } from "zod";
import { USER_ID } from "../../authentication/authenticator.ts";
import { count, time, url } from "./values.ts";

const itemName = z.string().describe("The item's id, its sale's included.");
const userId = z.string().regex(USER_ID);
/** Of a sale that the contest's API puts on. */
export const ITEMS_MAX = 100_000;

/** Of `POST /checkout`. Both are needed, wherever they stand. */
export const checkoutFields = z.object({
  user_id: userId.exactOptional(),
  id: itemName.exactOptional(),
  item_id: z.string().exactOptional().describe("Another name of `id`."),
});

/** Of `POST /purchase`. */
export const purchaseFields = z.object({
  code: z.string().exactOptional().describe("What the checkout was answered with. Needed."),
});

/** Of `POST /admin/sales`. */
export const saleFields = z.object({
  started_at: time.exactOptional().describe("Now, where it is left out."),
  ended_at: time.exactOptional().describe("An hour later, where it is left out."),
  total_items: z.int().min(1).max(ITEMS_MAX).exactOptional().describe("Items of one unit each. Needed."),
});

/** The contest's clients find what is answered at the top or in `data`. */
function twice(shape: z.ZodRawShape) {
  return z.object({ ...shape, data: z.object(shape) });
}

export const checkout = twice({ code: z.string(), items_count: count, sale_ends_at: time });

const boughtItem = z.object({ id: itemName, name: z.string(), sold: z.boolean() });
const receiptFacts = {
  success: z.boolean(),
  purchased_items: z.array(boughtItem),
  total_purchased: count,
  failed_count: count,
};

export const receipt = z.object({
  ...receiptFacts,
  data: z.object({ ...receiptFacts, successful_items: z.array(itemName) }),
});

const saleFacts = { id: z.string(), started_at: time, ended_at: time, total_items: count };

export const newSale = twice(saleFacts);
export const sale = twice({ ...saleFacts, items_sold: count, active: z.boolean() });

export const item = z.object({ id: itemName, name: z.string(), image_url: url, sold: z.boolean() });
export const items = z.union([z.array(item), z.object({ data: z.array(item) })]);

const state = z.enum(["UP", "DOWN"]);

export const health = z.object({
  services_status: z.object({ app: state, database: state, redis: state }),
  uptime: count.describe("Seconds."),
  memory: z.object({ alloc: count, total_alloc: count, sys: count }).describe("Bytes."),
});

/** Whatever is not a success. */
export const refusal = z.object({
  message: z.string(),
  errors: z.record(z.string(), z.string()).describe("What is wrong, by the name of the field."),
  code: z.string().exactOptional().describe("Where the item is in the user's checkout already: its code."),
});

/** Of `GET /sales/{sale}/items`. */
export const itemsQuery = z.object({ envelope: z.string().exactOptional() });
