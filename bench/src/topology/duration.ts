const UNIT_MS: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** A duration as compose files and nginx spell them, `1m30s`, in milliseconds. Throws on anything else. */
export function durationMs(text: string): number {
  const parts = [...text.matchAll(/(\d+)(us|ms|s|m|h)/g)];
  if (parts.length === 0 || parts.map(([part]) => part).join("") !== text) {
    throw new Error(`"${text}" is no duration such as 1m30s`);
  }
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * (UNIT_MS[unit ?? ""] ?? 0), 0);
}
