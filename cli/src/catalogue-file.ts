import { CATALOGUE_LIMITS, type CatalogueEntry, catalogueFaults, catalogueOf, ITEM_ID } from "@flashgate/core";
import { z } from "zod";

export const CATALOGUE_ITEMS_MAX = 1_000_000;
const { nameCharsMax, imageCharsMax, unitsMax } = CATALOGUE_LIMITS;

const ENTRY = z.strictObject({
  id: z.string().regex(ITEM_ID, 'must be 1 to 64 of A-Z a-z 0-9 _ -, and not "any"').optional(),
  name: z.string().trim().min(1, "must not be empty").max(nameCharsMax),
  image: z.string().trim().min(1, "must not be empty").max(imageCharsMax),
  price: z.int("must be a whole number of minor units").min(0, "must not be negative").max(unitsMax),
  stock: z.int("must be a whole number of units").min(1, "must be at least 1").max(unitsMax),
});

const CATALOGUE = z.array(ENTRY).min(1, "must have at least one item").max(CATALOGUE_ITEMS_MAX);

export type CatalogueReading =
  | { readonly kind: "catalogue"; readonly entries: readonly CatalogueEntry[] }
  /** A line each: the path within the file, and what is wrong there. */
  | { readonly kind: "faulty"; readonly faults: readonly string[] };

/**
 * Reads a catalogue: a JSON array of `{name, image, price, stock, id?}`. Items without an id get one by their position.
 * Every fault is found at once.
 */
export function readCatalogue(text: string): CatalogueReading {
  const json = parseJson(text);
  if (json.kind === "faulty") return json;
  const parsed = CATALOGUE.safeParse(json.value);
  if (!parsed.success) return { kind: "faulty", faults: parsed.error.issues.map(faultOf) };
  const entries = catalogueOf(parsed.data);
  const faults = catalogueFaults(entries).map(({ path, message }) => `${path}: ${message}`);
  return faults.length > 0 ? { kind: "faulty", faults } : { kind: "catalogue", entries };
}

type Faulty = Extract<CatalogueReading, { kind: "faulty" }>;

function parseJson(text: string): { readonly kind: "json"; readonly value: unknown } | Faulty {
  try {
    return { kind: "json", value: JSON.parse(text) };
  } catch (error) {
    return { kind: "faulty", faults: [`is not JSON: ${(error as SyntaxError).message}`] };
  }
}

function faultOf({ path, message }: z.core.$ZodIssue): string {
  const place = path.map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`)).join("");
  return place === "" ? `as a whole: ${message}` : `${place}: ${message}`;
}
