import { createHash } from "node:crypto";
import { type Demand, formatLines, type Line, mergeLines } from "@flashgate/core";
import type { Request } from "express";
import { z } from "zod";
import { faultOf } from "./field-faults.ts";
import type { JsonBody } from "./json-body.ts";
import { malformed, type Problem } from "./problems.ts";
import { keyOf, waitOf } from "./request-headers.ts";

/** Units one checkout may ask for in all. */
const UNITS_MAX = 10;
const ANY = "any";

const quantity = z
  .int("must be a whole number")
  .min(1, "must be at least 1")
  .max(UNITS_MAX, `must be at most ${UNITS_MAX}`);
/** An item's id or "any", which no item is called. */
const itemId = z
  .string('must be an item\'s id, or "any"')
  .regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be an item\'s id (letters, digits, _ and -), or "any"')
  .meta({ examples: [ANY] });

const items = z
  .array(z.strictObject({ item_id: itemId, quantity }), "must be a list of items")
  .min(1, "must name at least one item")
  .max(UNITS_MAX, `must name at most ${UNITS_MAX} items`)
  .refine((list) => list.reduce((units, item) => units + item.quantity, 0) <= UNITS_MAX, {
    message: `must ask for at most ${UNITS_MAX} units in all`,
  })
  .describe(`At most ${UNITS_MAX} units in all.`);

/** Body of a checkout. */
export const checkoutBody = z.strictObject({
  items,
  mode: z.enum(["purchase", "cart"], 'must be "purchase" or "cart"').default("purchase"),
});

/** Body of what is added to a cart. */
export const linesBody = z.strictObject({ items });

/** What a checkout request asks for. */
export interface CheckoutRequest {
  readonly userId: string;
  readonly mode: "cart" | "submitted";
  readonly demand: Demand;
  readonly key: string;
  readonly fingerprint: string;
  readonly waitMs: number;
}

/** Makes a checkout out of a request, or says what is wrong with it. */
export function checkoutOf(request: Request, userId: string, body: JsonBody): CheckoutRequest | Problem {
  const key = keyOf(request);
  if (typeof key !== "string") return key;
  if (body.kind !== "json") return body;
  const parsed = checkoutBody.safeParse(body.value);
  if (!parsed.success) return malformed(parsed.error.issues.map((issue) => faultOf(issue)));

  const { mode } = parsed.data;
  const demand = demandOf(parsed.data.items);
  return {
    userId,
    mode: mode === "cart" ? "cart" : "submitted",
    demand,
    key,
    fingerprint: key === "" ? "" : fingerprintOf(mode, demand),
    waitMs: waitOf(request),
  };
}

/** What a request wants to add to a cart, or what is wrong with it. */
export function addedDemandOf(body: JsonBody): Demand | Problem {
  if (body.kind !== "json") return body;
  const parsed = linesBody.safeParse(body.value);
  return parsed.success ? demandOf(parsed.data.items) : malformed(parsed.error.issues.map((issue) => faultOf(issue)));
}

function demandOf(items: z.infer<typeof linesBody>["items"]): Demand {
  const lines: Line[] = [];
  let any = 0;
  for (const item of items) {
    if (item.item_id === ANY) any += item.quantity;
    else lines.push({ itemId: item.item_id, quantity: item.quantity });
  }
  return { lines: mergeLines(lines), any };
}

/** Digest of what a request means, whatever the order and spelling of its lines. */
function fingerprintOf(mode: string, demand: Demand): string {
  const meaning = `${mode} ${demand.any} ${formatLines(demand.lines)}`;
  return createHash("sha256").update(meaning).digest("base64url").slice(0, 16);
}
