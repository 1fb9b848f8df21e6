import { z } from "zod";
import { count, id, minor, url } from "./values.ts";

/** An item of a sale. */
export const item = z.object({
  id,
  position: count.describe("Where it stands in the sale's list."),
  name: z.string(),
  image_url: url,
  price_minor: minor,
  stock: z.object({ total: count, available: count, sold: count }),
});

/** Of which items of a sale there is something left. */
export const availability = z.object({
  sale_id: id,
  items: count.describe("How many items the sale has."),
  available: z
    .string()
    .meta({ contentEncoding: "base64" })
    .describe(
      "One bit an item in order of position, the first in the lowest bit of the first byte: 1 where there is something left.",
    ),
});
