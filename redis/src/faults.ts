/**
 * What a failed command means for the one who sent it.
 * - `refused`: the server answered that it did not run it.
 * - `unsent`: it never left this process.
 * - `unknown`: it may have happened.
 */
export type Fault = "refused" | "unsent" | "unknown";

/** The server's ways to say that it ran nothing: no lease, demoted, loading, out of memory, disk full, no primary. */
const REFUSALS = /^(NOSCRIPT|READONLY|LOADING|OOM|MISCONF|MASTERDOWN|NOREPLICAS|CLUSTERDOWN|NOPERM|NOAUTH|BUSY)\b/;
const UNSENT = /isn't writeable|Connection is closed/;

export function faultOf(error: unknown): Fault {
  const message = error instanceof Error ? error.message : String(error);
  if (REFUSALS.test(message)) return "refused";
  return UNSENT.test(message) ? "unsent" : "unknown";
}

/** Whether the server does not know the script: its lease is gone, or it restarted and nobody opened gates since. */
export function isNoScript(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith("NOSCRIPT");
}
