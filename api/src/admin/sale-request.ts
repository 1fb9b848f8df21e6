import {
  ATTEMPT_RECORDINGS,
  CATALOGUE_LIMITS,
  type CatalogueEntry,
  catalogueFaults,
  catalogueOf,
  generatedCatalogue,
  ITEM_ID,
  LIMIT_PER_USER,
  type SalePlan,
} from "@flashgate/core";
import { z } from "zod";
import { faultOf } from "../field-faults.ts";
import { malformed, type Problem } from "../problems.ts";

const DAY_SECONDS = 86_400;
const ITEMS_MAX = 1_000_000;
const { nameCharsMax, imageCharsMax, unitsMax } = CATALOGUE_LIMITS;

const whole = (min: number, max: number) =>
  z.int("must be a whole number").min(min, `must be at least ${min}`).max(max, `must be at most ${max}`);

const entry = z.strictObject({
  id: z.string().regex(ITEM_ID, 'must be 1 to 64 of A-Z a-z 0-9 _ -, and not "any"').optional(),
  name: z.string().trim().min(1, "must not be empty").max(nameCharsMax, `must have at most ${nameCharsMax} characters`),
  image: z
    .string()
    .trim()
    .min(1, "must not be empty")
    .max(imageCharsMax, `must have at most ${imageCharsMax} characters`),
  price: whole(0, unitsMax),
  stock: whole(1, unitsMax),
});

/** Body of a new sale: what `flashgate sale new` takes, and when it opens. */
export const newSaleBody = z.strictObject({
  items: whole(1, ITEMS_MAX).optional(),
  catalogue: z.array(entry, "must be a list of items").min(1, "must have at least one item").max(ITEMS_MAX).optional(),
  opens_at: z.iso.datetime({ offset: true, error: "must be an ISO 8601 time with its offset" }).optional(),
  seconds: whole(1, 366 * DAY_SECONDS).default(3_600),
  settle_seconds: whole(0, DAY_SECONDS).default(900),
  limit: whole(1, 1_000).default(LIMIT_PER_USER),
  attempts: z.enum(ATTEMPT_RECORDINGS, "must be all, accepted or off").optional(),
});

export interface SaleRequest {
  readonly plan: SalePlan;
  readonly catalogue: readonly CatalogueEntry[];
}

/** Makes a sale out of a body, or says everything that is wrong with it. */
export function saleOf(body: unknown, id: string, nowMs: number): SaleRequest | Problem {
  const parsed = newSaleBody.safeParse(body);
  if (!parsed.success) return malformed(parsed.error.issues.map((issue) => faultOf(issue)));
  const {
    items,
    catalogue: offered,
    opens_at: opensAt,
    seconds,
    settle_seconds: settleSeconds,
    limit,
    attempts,
  } = parsed.data;
  if ((items === undefined) === (offered === undefined)) {
    return malformed([{ field: "items", message: "must be given, or else catalogue, and not both" }]);
  }
  // The whole second that has begun: it reads well, and a gate whose clock is a little behind admits too.
  const earliestMs = Math.floor(nowMs / 1_000) * 1_000;
  const opensAtMs = opensAt === undefined ? earliestMs : Date.parse(opensAt);
  if (opensAtMs < earliestMs) return malformed([{ field: "opens_at", message: "must not be in the past" }]);

  const catalogue = offered ? catalogueOf(offered) : generatedCatalogue(id, items ?? 0);
  const faults = catalogueFaults(catalogue);
  if (faults.length > 0) {
    return malformed(faults.map(({ path, message }) => ({ field: fieldOf(path), message })));
  }
  const closesAtMs = opensAtMs + seconds * 1_000;
  const settleUntilMs = closesAtMs + settleSeconds * 1_000;
  return { plan: { id, opensAtMs, closesAtMs, settleUntilMs, limitPerUser: limit, attempts }, catalogue };
}

function fieldOf(path: string): string {
  return path.startsWith("[") ? `catalogue${path}` : `catalogue[].${path}`;
}
