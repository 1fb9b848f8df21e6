interface Failure {
  readonly name?: string;
  readonly code?: string;
  readonly message?: string;
  readonly cause?: unknown;
  readonly errors?: readonly unknown[];
}

/** SQLSTATEs of a ledger whose schema or tables are not there. */
const NOT_MIGRATED = new Set(["3F000", "42P01"]);

/** What is said about anything thrown: the reason at the bottom of it, without stack and without SQL. */
export function faultLine(thrown: unknown): string {
  const { code, message, cause, errors } = Object(thrown) as Failure;
  if (code !== undefined && NOT_MIGRATED.has(code))
    return 'The ledger has no tables yet: run "flashgate migrate" first';
  if (errors?.length) return faultLine(errors[0]);
  if (cause instanceof Error) return faultLine(cause);
  return message || String(thrown);
}
