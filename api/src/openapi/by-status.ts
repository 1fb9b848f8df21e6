import type { JsonSchema } from "./schemas.ts";

/** The responses of an operation that may answer these, by status: those that share one are one response. */
export function responsesByStatus<Kind>(
  kinds: Iterable<Kind>,
  statusOf: (kind: Kind) => number,
  responseOf: (same: readonly Kind[]) => JsonSchema,
): Readonly<Record<string, JsonSchema>> {
  const byStatus = new Map<number, Kind[]>();
  for (const kind of new Set(kinds)) {
    const status = statusOf(kind);
    byStatus.set(status, [...(byStatus.get(status) ?? []), kind]);
  }
  return Object.fromEntries([...byStatus].map(([status, same]) => [String(status), responseOf(same)]));
}
