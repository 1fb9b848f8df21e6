import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Redis } from "ioredis";

/** A Lua text and the SHA-1 by which Redis knows it. */
export interface Script {
  readonly text: string;
  readonly sha: string;
}

type LeasedName = "reserve" | "purchase" | "lapse" | "pause";
type ConstantName = "finalise" | "claimDue" | "shut" | "retire";

const LEASED: Readonly<Record<LeasedName, string>> = {
  reserve: read("reserve"),
  purchase: read("purchase"),
  lapse: read("lapse"),
  pause: read("pause"),
};

/**
 * Scripts that promise nothing and so need no lease. Like the leased ones they are loaded only by whoever opens and retires
 * gates. A server keeps every text it was given until it restarts: some 10 KB for each opening of a sale.
 */
export const CONSTANT: Readonly<Record<ConstantName, Script>> = {
  finalise: script(read("finalise")),
  claimDue: script(read("claim-due")),
  shut: script(read("shut")),
  retire: script(read("retire")),
};

/**
 * The scripts of one opening of one sale. Their text names sale and epoch in its first line, so that their SHAs are a
 * lease on exactly that opening: a server that lost its script cache, by a restart or a promotion, answers NOSCRIPT
 * until a recovery grants the lease anew.
 */
export function leasedScripts(saleId: string, epoch: number): Readonly<Record<LeasedName, Script>> {
  const lease = `local SALE, EPOCH = "${saleId}", "${epoch}"\n`;
  return {
    reserve: script(lease + LEASED.reserve),
    purchase: script(lease + LEASED.purchase),
    lapse: script(lease + LEASED.lapse),
    pause: script(lease + LEASED.pause),
  };
}

/** Every script that an open gate needs: what its opening loads, and what tells that it is still open. */
export function scriptsOf(saleId: string, epoch: number): Script[] {
  return [...Object.values(leasedScripts(saleId, epoch)), ...Object.values(CONSTANT)];
}

/** Runs a script that the server already knows; never loads it. Words and numbers come back as text. */
export async function evaluate<Reply = string[]>(
  redis: Redis,
  script: Script,
  keys: readonly string[],
  args: readonly (string | number)[],
): Promise<Reply> {
  return (await redis.evalsha(script.sha, keys.length, ...keys, ...args)) as Reply;
}

function read(name: string): string {
  return readFileSync(new URL(`../lua/${name}.lua`, import.meta.url), "utf8");
}

function script(text: string): Script {
  return { text, sha: createHash("sha1").update(text).digest("hex") };
}
