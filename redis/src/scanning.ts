import type { Redis } from "ioredis";

/** Entries asked for per call: some tenths of a millisecond of the server's time, which it has for nobody else meanwhile. */
const SCAN_COUNT = 1_000;

/**
 * A hash of any size, read in pieces. Each field is as it was at some moment of the reading; whatever was there all the
 * time is there for certain.
 */
export async function scanHash(redis: Redis, key: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  let cursor = "0";
  do {
    const [next, flat] = await redis.hscan(key, cursor, "COUNT", SCAN_COUNT);
    for (let at = 0; at + 1 < flat.length; at += 2) found.set(flat[at] ?? "", flat[at + 1] ?? "");
    cursor = next;
  } while (cursor !== "0");
  return found;
}

/** The same of a set. */
export async function scanSet(redis: Redis, key: string): Promise<Set<string>> {
  const found = new Set<string>();
  let cursor = "0";
  do {
    const [next, members] = await redis.sscan(key, cursor, "COUNT", SCAN_COUNT);
    for (const member of members) found.add(member);
    cursor = next;
  } while (cursor !== "0");
  return found;
}
