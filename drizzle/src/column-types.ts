import { customType } from "drizzle-orm/pg-core";

/**
 * An id or another word that is only ever compared for sameness. Byte order: quicker than a language's, the order in
 * which JavaScript compares, and no upgrade of a collation library can reorder an index of it.
 */
export const word = customType<{ data: string; driverData: string }>({
  dataType: () => 'text COLLATE "C"',
});

/** A moment, Unix milliseconds on our side: what is written is read back exactly. */
export const instant = customType<{ data: number; driverData: string }>({
  dataType: () => "timestamp (3) with time zone",
  toDriver: timestampOf,
  fromDriver: (text) => Date.parse(text),
});

/** Unix milliseconds as Postgres reads them. */
export function timestampOf(ms: number): string {
  return new Date(ms).toISOString();
}
