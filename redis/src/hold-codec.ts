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
  const [sinceMs, deadlineMs] = [momentOf(since), momentOf(deadline)];
  if (!isMode(mode) || sinceMs === null || deadlineMs === null || !userId || fingerprint === undefined || !lines) {
    throw new Error(`hold ${checkoutId} is not readable`);
  }
  return {
    checkoutId,
    userId,
    mode,
    lines: mergeLines(parseLines(lines)),
    key: key.join("|"),
    fingerprint,
    sinceMs,
    deadlineMs,
  };
}

/** Told of a hold that no script wrote like this: nobody can judge it, and only a recovery gives back its units. */
export type OnUnreadable = (saleId: string, checkoutId: string) => void;

/**
 * Holds of one sale from a flat `id, text, id, text` reply. Those that cannot be read are told of and left out, so that
 * one of them keeps neither a sweep nor a recovery from all the others.
 */
export function decodeHolds(saleId: string, flat: readonly string[], onUnreadable: OnUnreadable): Hold[] {
  const holds: Hold[] = [];
  for (let at = 0; at + 1 < flat.length; at += 2) {
    const [checkoutId = "", text = ""] = flat.slice(at, at + 2);
    try {
      holds.push(decodeHold(checkoutId, text));
    } catch {
      onUnreadable(saleId, checkoutId);
    }
  }
  return holds;
}

function momentOf(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : null;
}

function isMode(mode: string | undefined): mode is HoldMode {
  return mode === "cart" || mode === "submitted" || mode === "lapsed";
}
