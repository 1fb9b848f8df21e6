import { ATTEMPT_RECORDINGS } from "@flashgate/core";
import { z } from "zod";
import { rejectReason } from "./ticket.ts";
import { count, id, listOf, time, uuid } from "./values.ts";

/** A sale as operators see it: the ledger's row. */
export const saleRow = z.object({
  id,
  state: z.enum(["scheduled", "recovering", "open", "closed"]),
  paused: z.boolean().describe("Admits nobody; what was admitted settles all the same."),
  opens_at: time,
  closes_at: time,
  settle_until: time.describe("Until when accepted checkouts may settle; then the sale is closed."),
  units: z.object({ total: count, sold: count, held: count }),
  limits: z.object({ units_per_user: count }),
  attempts: z.enum(ATTEMPT_RECORDINGS).describe("What is kept of attempts to buy."),
  epoch: count.describe("Grows by one whenever the gate is opened."),
  open_epoch: count.describe("The epoch whose gate counts; 0 before the first opening."),
});

/** A sale that was paused or resumed. */
export const pausedSale = saleRow.extend({
  gate: z.enum(["told", "pending"]).describe("pending: the gate is shut or away, and learns it when it opens."),
});

const INVARIANT = "The number of the protocol's promise.";

/** What an audit found. */
export const audit = z.object({
  sale_id: id,
  units: z.object({ total: count, confirmed: count }),
  at_rest: z.boolean().describe("Nothing was held when it was read."),
  clean: z.boolean().describe("Nothing that was looked at was wrong."),
  unchecked: z
    .array(
      z.object({
        invariant: count.describe(INVARIANT),
        reason: z.enum(["no_gate", "not_at_rest", "attempts_not_recorded"]),
      }),
    )
    .describe("What could not be looked at."),
  violations: z.array(z.object({ invariant: count.describe(INVARIANT), message: z.string() })),
});

/** What a repair did, and the audit after it. */
export const reconciliation = audit.extend({
  swept: z.object({ finalised: count, paged: count, expired: count }).describe("Holds that were moved on."),
  recovery: z
    .enum(["not_needed", "begun", "superseded"])
    .describe("begun: the gate is rebuilt from the ledger, within seconds."),
});

/** An attempt to buy, as it was recorded. */
export const attempt = z.object({
  at: time,
  user_id: z.string(),
  units: count,
  outcome: z.string().describe("`held` where it was accepted, else why the gate refused it."),
  checkout_id: uuid.nullable().describe("What an accepted attempt led to."),
});

export const attemptList = listOf(attempt).extend({
  next_starting_after: z.string().nullable().describe("The `starting_after` of the next page; null on the last one."),
  recorded: z.enum(ATTEMPT_RECORDINGS).describe("What the sale keeps of attempts: an empty list may mean nothing."),
});

const lines = z.array(z.object({ item_id: id, quantity: count }));

/** A checkout that could not be judged. */
export const deadLetter = z.object({
  checkout_id: uuid,
  sale_id: id,
  user_id: z.string(),
  epoch: count.describe("Of the opening that it was last held in."),
  cause: z.string().describe("What the judge stumbled over last."),
  tries: count,
  first_failed_at: time,
  last_failed_at: time,
});

const verdictState = z.enum(["confirmed", "rejected", "expired", "cancelled"]);
const verdict = z.object({ state: verdictState, reason: rejectReason.exactOptional() });

/** What became of a dead letter that was to be tried again. */
export const retriedLetter = z.object({
  checkout_id: uuid,
  sale_id: id,
  outcome: z.enum(["sent", "decided"]).describe("sent: on its way to the judge; decided: it has a verdict."),
  verdict: verdict.nullable(),
});

export const retriedLetters = z.object({
  sent: count,
  decided: count,
  not_held: count.describe("Not in the gate just now: try again once the sale's gate is open."),
});

/** What became of a dead letter that was to be given up. */
export const givenUpLetter = retriedLetter.extend({
  outcome: z.literal("decided"),
  verdict,
});

/** All that is known of a checkout. */
export const timeline = z.object({
  id: uuid,
  sale_id: id,
  user_id: z.string().nullable(),
  attempts: z.array(attempt),
  hold: z
    .object({ mode: z.enum(["cart", "submitted", "lapsed"]), since: time, deadline: time, items: lines })
    .nullable()
    .describe("What the gate holds of it."),
  record: z
    .object({
      state: z.enum(["held", "confirmed", "rejected", "expired", "cancelled"]),
      epoch: count,
      reserved_at: time.nullable(),
      items: lines,
    })
    .nullable()
    .describe("Its row in the ledger."),
  verdict: verdict.extend({ decided_at: time.nullable() }).nullable(),
});
