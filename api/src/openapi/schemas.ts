import { z } from "zod";
import { checkoutBody, linesBody } from "../checkout-request.ts";
import { item } from "./bodies/item.ts";
import { order } from "./bodies/order.ts";
import { problem } from "./bodies/problem.ts";
import { phaseChange, sale, stock } from "./bodies/sale.ts";
import { ticket } from "./bodies/ticket.ts";
import { listOf } from "./bodies/values.ts";

/** Every body that has a name in the document. */
const SCHEMAS = {
  CheckoutRequest: checkoutBody,
  LinesRequest: linesBody,
  Sale: sale,
  SaleList: listOf(sale),
  SaleStock: stock,
  SalePhaseChange: phaseChange,
  Item: item,
  ItemList: listOf(item),
  Ticket: ticket,
  Order: order,
  OrderList: listOf(order),
  Problem: problem,
} as const;

export type SchemaName = keyof typeof SCHEMAS;

export type JsonSchema = Readonly<Record<string, unknown>>;

export function refTo(name: SchemaName): JsonSchema {
  return { $ref: uriOf(name) };
}

const uriOf = (name: string) => `#/components/schemas/${name}`;

/**
 * The schemas as JSON Schema. Of both directions what is sent is meant: fields with a default may be missing, and a
 * client must expect that an answer gets new fields.
 */
export function jsonSchemas(): Readonly<Record<string, JsonSchema>> {
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
