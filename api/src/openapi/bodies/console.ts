import { z } from "zod";
import { CROWD_STATES } from "../../console/demo-crowd.ts";
import { audit, deadLetter, saleRow } from "./ops.ts";
import { count, id, time } from "./values.ts";

const perService = z.record(z.string(), count);
const lag = z.object({ p50: z.number(), p99: z.number() });

/** A demonstration's crowd. */
export const crowd = z.object({
  state: z.enum(CROWD_STATES).describe("done and failed: another one may be sent."),
  sale_id: id.nullable(),
  fault: z.string().nullable(),
});

const watched = z.object({
  sale: saleRow,
  phase: z.enum(["scheduled", "open", "paused", "ended"]),
  units: z
    .object({ total: count, sold: count, held: count, available: count })
    .describe("As the gate counts them; the ledger where no gate does."),
  sold_per_second: z.number().nullable(),
  gate: z.object({
    state: z.enum(["not_opened", "recovering", "open", "shut", "closed", "unknown"]),
    epoch: count,
  }),
  audit: audit
    .extend({ checked_at: time, violations_total: count.describe("Of which the first 20 are told.") })
    .nullable()
    .describe("The last audit, of at most a second ago where audits are quick."),
  attempts: z.record(z.string(), count).describe("By outcome, as this api alone was asked since it was started."),
  checkouts: z.record(z.string(), count).nullable().describe("By state; rejected:<reason> for the rejected."),
  lag_ms: lag.nullable().describe("From hold to commit, of the last ten seconds; null where nothing was confirmed."),
  history: z
    .array(z.object({ at: time, units: count, lag_ms: lag }))
    .nullable()
    .describe("Each of the last 300 seconds in which something was confirmed."),
  queue: z
    .object({
      waiting: count,
      active: count,
      delayed: count,
      failed: count,
      paused: z.boolean(),
      oldest_job_age_ms: count.nullable(),
    })
    .nullable()
    .describe("Page jobs."),
});

/** What the console shows at one moment. What could not be seen is null, and `faults` say why. */
export const consoleReading = z.object({
  at: time,
  watched: watched.nullable().describe("Null where no sale runs or is to come."),
  sales: z.array(saleRow).nullable(),
  dead_letters: z
    .object({ data: z.array(deadLetter.omit({ user_id: true })), has_more: z.boolean() })
    .nullable()
    .describe("The oldest, of every sale; of causes what is not a shopper's."),
  processes: perService.nullable().describe("By service, as their connections to Postgres tell."),
  crowd: crowd.nullable().describe("Null where no demonstration may be given."),
  links: z.object({ grafana: z.string().nullable() }),
  faults: z.array(z.string()),
});
