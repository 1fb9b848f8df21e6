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
