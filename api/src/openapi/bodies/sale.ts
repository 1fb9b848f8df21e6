import { z } from "zod";
import { count, id, time, url } from "./values.ts";

export const stock = z.object({
  total: count,
  available: count.describe("What can be reserved now."),
  held: count.describe("Reserved, not judged yet."),
  sold: count,
});

export const phase = z.enum(["scheduled", "open", "paused", "ended"]);

/** A sale as shoppers see it. */
export const sale = z.object({
  id,
  phase,
  opens_at: time,
  closes_at: time,
  next_opens_at: time.nullable().describe("When the next sale opens, where one is planned."),
  server_time: time,
  stock,
  limits: z.object({ units_per_user: count }),
  links: z.object({ self: url, items: url, checkouts: url, events: url }),
});

/** What a sale's stream says when its phase changes. */
export const phaseChange = z.object({ phase, server_time: time });
