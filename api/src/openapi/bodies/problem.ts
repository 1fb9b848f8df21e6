import { z } from "zod";
import { rejectReason } from "./ticket.ts";
import { count, id, url } from "./values.ts";

/** Whatever is not a success, as RFC 9457 wants it. */
export const problem = z.object({
  type: url,
  title: z.string(),
  status: z.int(),
  code: z.string().describe("Stable: what programs go by."),
  detail: z.string(),
  request_id: z.string(),
  errors: z
    .array(z.object({ field: z.string(), message: z.string() }))
    .exactOptional()
    .describe("The fields at fault, each with how to mend it."),
  units_left: count.exactOptional().describe("user_limit: what this shopper may still reserve."),
  item_id: id.exactOptional().describe("item_taken: the item that there is not enough of."),
  reason: rejectReason.exactOptional().describe("ticket_rejected: why."),
  "violated-policies": z.array(z.enum(["user", "address"])).exactOptional(),
  ticket: z.string().exactOptional().describe("outcome_unknown: the ticket to ask with."),
  links: z.object({ self: url }).exactOptional(),
});

export type ProblemBody = z.infer<typeof problem>;
