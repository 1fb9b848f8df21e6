import { formatLines, type Hold, type HoldMode, mergeLines, parseLines } from "@flashgate/core";

/**
 * A hold as the gate's scripts keep it: `mode|since|deadline|user|fingerprint|lines|key`. The key comes last, so that it
 * may hold any character. Cart lines repeat an item that was added twice; reading merges them.
 */
export function encodeHold(hold: Hold): string {
  const { mode, sinceMs, deadlineMs, userId, fingerprint, lines, key } = hold;
  return [mode, sinceMs, deadlineMs, userId, fingerprint, formatLines(lines), key].join("|");
}

/** The reverse of {@link encodeHold}. Throws on anything that no script wrote. */
export function decodeHold(checkoutId: string, text: string): Hold {
  const [mode, since, deadline, userId, fingerprint, lines, ...key] = text.split("|");
  if (!isMode(mode) || !since || !deadline || !userId || fingerprint === undefined || lines === undefined) {
    throw new Error(`hold ${checkoutId} is not readable`);
  }
  return {
    checkoutId,
    userId,
    mode,
    lines: mergeLines(parseLines(lines)),
    key: key.join("|"),
    fingerprint,
    sinceMs: Number(since),
    deadlineMs: Number(deadline),
  };
}

/** Holds from a flat `id, text, id, text` reply. */
export function decodeHolds(flat: readonly string[]): Hold[] {
  const holds: Hold[] = [];
  for (let at = 0; at + 1 < flat.length; at += 2) holds.push(decodeHold(flat[at] ?? "", flat[at + 1] ?? ""));
  return holds;
}

function isMode(mode: string | undefined): mode is HoldMode {
  return mode === "cart" || mode === "submitted" || mode === "lapsed";
}
