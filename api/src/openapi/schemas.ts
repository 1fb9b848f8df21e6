import { z } from "zod";
import { newSaleBody } from "../admin/sale-request.ts";
import { checkoutBody, linesBody } from "../checkout-request.ts";
import * as contest from "./bodies/contest.ts";
import { availability, item } from "./bodies/item.ts";
import * as ops from "./bodies/ops.ts";
import { order } from "./bodies/order.ts";
import { problem } from "./bodies/problem.ts";
import { phaseChange, sale, stock } from "./bodies/sale.ts";
import { ticket } from "./bodies/ticket.ts";
import { listOf } from "./bodies/values.ts";

/** Every body that has a name in one of the documents. */
const SCHEMAS = {
  CheckoutRequest: checkoutBody,
  LinesRequest: linesBody,
  Sale: sale,
  SaleList: listOf(sale),
  SaleStock: stock,
  SalePhaseChange: phaseChange,
  Item: item,
  ItemList: listOf(item),
  Availability: availability,
  Ticket: ticket,
  Order: order,
  OrderList: listOf(order),
  Problem: problem,
  NewSale: newSaleBody,
  SaleRow: ops.saleRow,
  SaleRowList: listOf(ops.saleRow),
  PausedSale: ops.pausedSale,
  Audit: ops.audit,
  Reconciliation: ops.reconciliation,
  Attempt: ops.attempt,
  AttemptList: ops.attemptList,
  CheckoutTimeline: ops.timeline,
  DeadLetter: ops.deadLetter,
  DeadLetterList: listOf(ops.deadLetter),
  RetriedLetter: ops.retriedLetter,
  RetriedLetters: ops.retriedLetters,
  GivenUpLetter: ops.givenUpLetter,
  ContestCheckoutFields: contest.checkoutFields,
  ContestPurchaseFields: contest.purchaseFields,
  ContestSaleFields: contest.saleFields,
  ContestCheckout: contest.checkout,
  ContestReceipt: contest.receipt,
  ContestSale: contest.sale,
  ContestNewSale: contest.newSale,
  ContestItem: contest.item,
  ContestItems: contest.items,
  ContestHealth: contest.health,
  ContestRefusal: contest.refusal,
} as const;

export type SchemaName = keyof typeof SCHEMAS;

export type JsonSchema = Readonly<Record<string, unknown>>;

export function refTo(name: SchemaName): JsonSchema {
  return { $ref: uriOf(name) };
}

const uriOf = (name: string) => `#/components/schemas/${name}`;

/** The schemas that a text refers to, and those that they refer to, as JSON Schema. */
export function schemasIn(text: string): Readonly<Record<string, JsonSchema>> {
  const all = Object.entries(jsonSchemas());
  const named = (by: string) => all.filter(([name]) => by.includes(`"${uriOf(name)}"`));
  let used = named(text);
  for (let before = -1; used.length > before; ) {
    before = used.length;
    used = named(text + JSON.stringify(used));
  }
  return Object.fromEntries(used);
}

/**
 * The schemas as JSON Schema. Of both directions what is sent is meant: fields with a default may be missing, and a
 * client must expect that an answer gets new fields.
 */
function jsonSchemas(): Readonly<Record<string, JsonSchema>> {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(SCHEMAS)) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, { io: "input", uri: uriOf });
  return Object.fromEntries(
    Object.entries(schemas).map(([name, { $schema: _, $id: __, ...schema }]) => [name, schema as JsonSchema]),
  );
}

/** The parameters of a query, as the schema that reads it has them. */
export function queryParameters(query: z.ZodObject): readonly JsonSchema[] {
  const { properties = {}, required = [] } = z.toJSONSchema(query, { io: "input" });
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: "query",
    ...(required.includes(name) ? { required: true } : {}),
    schema,
  }));
}
