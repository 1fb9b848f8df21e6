/** SQLSTATE of an error, also where Drizzle wrapped the driver's; null for errors that are not the server's. */
export function sqlStateOf(error: unknown): string | null {
  for (let at = error; at instanceof Error; at = at.cause) {
    const code = (at as { code?: unknown }).code;
    if (typeof code === "string" && /^[0-9A-Z]{5}$/.test(code)) return code;
  }
  return null;
}

/** Whether the server refused what it was given: not a value of its type, or against a constraint. */
export function isUnacceptable(error: unknown): boolean {
  return /^(22|23)/.test(sqlStateOf(error) ?? "");
}

/** What a transaction read is no longer so: it starts again, as after a serialization failure of the server's own. */
export class StaleRead extends Error {
  readonly code = "40001";
  override readonly name = "StaleRead";
}
