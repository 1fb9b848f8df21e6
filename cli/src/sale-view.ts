import { z } from "zod";
import { CommandFault } from "./command-fault.ts";
import type { Connection } from "./connection.ts";

const SALE = z.object({
  id: z.string(),
  phase: z.enum(["scheduled", "open", "paused", "ended"]),
  opens_at: z.string(),
  closes_at: z.string(),
  stock: z.object({ total: z.number(), available: z.number(), held: z.number(), sold: z.number() }),
});

/** A sale as the api tells it. Stock in units. */
export type SaleView = z.infer<typeof SALE>;

export type SaleReading =
  | { readonly kind: "sale"; readonly sale: SaleView }
  | { readonly kind: "unknown" }
  | { readonly kind: "unavailable"; readonly why: string };

/** Reads a sale over HTTP; `name` is an id or `current`. Throws a CommandFault when an answer is not Flashgate's. */
export async function readSale(connection: Connection, name: string): Promise<SaleReading> {
  const reply = await connection.send({ method: "GET", path: `/v1/sales/${encodeURIComponent(name)}` });
  if (reply.status === 404) return { kind: "unknown" };
  if (reply.status === 0) return { kind: "unavailable", why: reply.body };
  if (reply.status !== 200) return { kind: "unavailable", why: `it answered ${reply.status}` };
  const parsed = SALE.safeParse(parseJson(reply.body));
  if (parsed.success) return { kind: "sale", sale: parsed.data };
  throw new CommandFault(`The api's answer about sale ${name} is none of Flashgate's: is --url right?`);
}

/** Undefined for text that is not JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
