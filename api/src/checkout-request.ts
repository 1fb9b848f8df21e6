import { createHash } from "node:crypto";
import { type Demand, formatLines, ITEM_ID, type Line, mergeLines } from "@flashgate/core";
import type { Request } from "express";
import { z } from "zod";
import type { JsonBody } from "./json-body.ts";
import { keyOf, userOf, waitOf } from "./request-headers.ts";
import { type FieldFault, malformed, type Problem } from "./responses.ts";

/** Units one checkout may ask for in all. */
const UNITS_MAX = 10;
const ANY = "any";

const quantity = z
  .int("must be a whole number")
  .min(1, "must be at least 1")
  .max(UNITS_MAX, `must be at most ${UNITS_MAX}`);
const itemId = z
  .string('must be an item\'s id, or "any"')
  .refine((id) => id === ANY || ITEM_ID.test(id), 'must be an item\'s id (letters, digits, _ and -), or "any"');

/** Body of a checkout. */
const checkoutBody = z
  .strictObject({
    items: z
      .array(z.strictObject({ item_id: itemId, quantity }), "must be a list of items")
      .min(1, "must name at least one item")
      .max(UNITS_MAX, `must name at most ${UNITS_MAX} items`),
    mode: z.literal("purchase", 'must be "purchase"').default("purchase"),
  })
  .refine(({ items }) => items.reduce((units, item) => units + item.quantity, 0) <= UNITS_MAX, {
    path: ["items"],
    message: `must ask for at most ${UNITS_MAX} units in all`,
  });

/** What a checkout request asks for. */
export interface CheckoutRequest {
  readonly userId: string;
  readonly demand: Demand;
  readonly key: string;
  readonly fingerprint: string;
  readonly waitMs: number;
}

/** Makes a checkout out of a request, or says what is wrong with it. */
export function checkoutOf(request: Request, body: JsonBody): CheckoutRequest | Problem {
  const userId = userOf(request);
  if (typeof userId !== "string") return userId;
  const key = keyOf(request);
  if (typeof key !== "string") return key;
  if (body.kind !== "json") return body;
  const parsed = checkoutBody.safeParse(body.value);
  if (!parsed.success) return malformed(parsed.error.issues.map(faultOf));

  const { items, mode } = parsed.data;
  const lines: Line[] = [];
  let any = 0;
  for (const item of items) {
    if (item.item_id === ANY) any += item.quantity;
    else lines.push({ itemId: item.item_id, quantity: item.quantity });
  }
  const demand = { lines: mergeLines(lines), any };
  return { userId, demand, key, fingerprint: key === "" ? "" : fingerprintOf(mode, demand), waitMs: waitOf(request) };
}

/** Digest of what a request means, whatever the order and spelling of its lines. */
function fingerprintOf(mode: string, demand: Demand): string {
  const meaning = `${mode} ${demand.any} ${formatLines(demand.lines)}`;
  return createHash("sha256").update(meaning).digest("base64url").slice(0, 16);
}

function faultOf(issue: z.core.$ZodIssue): FieldFault {
  const path = issue.path.map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`)).join("");
  if (issue.code === "unrecognized_keys") {
    const where = path === "" ? "" : `${path.replace(/^\./, "")}.`;
    return { field: `${where}${issue.keys[0] ?? ""}`, message: "is not known here: leave it out" };
  }
  return { field: path.replace(/^\./, "") || "body", message: issue.message };
}
