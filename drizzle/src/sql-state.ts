/** SQLSTATE of an error, also where Drizzle wrapped the driver's; null for errors that are not the server's. */
export function sqlStateOf(error: unknown): string | null {
  for (const at of chainOf(error)) {
    const { code } = at as { readonly code?: unknown };
    if (typeof code === "string" && /^[0-9A-Z]{5}$/.test(code)) return code;
  }
  return null;
}

/** An error and its causes; one that is its own cause ends it. */
function chainOf(error: unknown): readonly Error[] {
  const chain = new Set<Error>();
  for (let at = error; at instanceof Error && !chain.has(at); at = at.cause) chain.add(at);
  return [...chain];
}

/** Whether the server refused what it was given: not a value of its type, against a constraint, or a trigger's own refusal. */
export function isUnacceptable(error: unknown): boolean {
  return /^(22|23|P0001)/.test(sqlStateOf(error) ?? "");
}

/**
 * The server's ways to say that it cannot just now, whatever it was asked: connection, read-only, transaction rolled back,
 * no room, no lock in time, stopped by an operator or a timeout, a fault of its machine.
 */
const NOT_NOW = /^(08|25006|40|53|55P03|57|58)/;

/** What the driver says where an answer did not come in time. */
const UNANSWERED = "Query read timeout";

/** Whether an error of a transaction says nothing about what was asked of it: asked again later, it may pass. */
export function isOutage(error: unknown): boolean {
  if (error instanceof ConnectionLost || NOT_NOW.test(sqlStateOf(error) ?? "")) return true;
  return chainOf(error).some(({ message }) => message === UNANSWERED);
}

/** A transaction whose connection could not be had, or did not even roll back: what it did may stand or not. */
export class ConnectionLost extends Error {
  override readonly name = "ConnectionLost";

  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** What a transaction read is no longer so: it starts again, as after a serialization failure of the server's own. */
export class StaleRead extends Error {
  readonly code = "40001";
  override readonly name = "StaleRead";
}
