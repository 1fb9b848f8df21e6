import { ITEM_ID } from "@flashgate/core";
import { z } from "zod";

/** The id of a sale or an item. */
export const id = z.string().regex(ITEM_ID);
export const uuid = z.string().meta({ format: "uuid" });
export const time = z.string().meta({ format: "date-time" });
/** A path on this server. */
export const url = z.string().meta({ format: "uri-reference" });
export const count = z.int().min(0);
/** A price or a sum in the currency's smallest unit. */
export const minor = z.int().min(0).describe("In the currency's smallest unit.");

/** A page of a list. */
export function listOf<Entry extends z.ZodType>(entry: Entry) {
  return z.object({ data: z.array(entry), has_more: z.boolean() });
}
