import { randomBytes } from "node:crypto";
import type { RedisServer } from "../../fleet/redis-server.ts";
import { until } from "../../fleet/until.ts";
import type { Scene } from "../scene.ts";

const FILLER = "rehearsal:filler";
const FILLER_BYTES = 1 << 20;
/** Less than the filler alone, more than the log gathers between two rewrites. */
const FILE_BYTES_MAX = FILLER_BYTES / 2;
const REWRITE_MS_MAX = 20_000;

/** A write of the log that fails ends a Redis that writes always; a rewrite that fails leaves it running. */
export const redisLog: Scene = {
  name: "redis-log",
  alerts: ["FlashgateRedisLog"],
  trouble: "a rewrite of the log finds no room on the disk (a file-size limit)",
  mending: "there is room again; `BGREWRITEAOF` succeeds",
  async cause({ fleet: { active } }) {
    await active.admin.set(FILLER, randomBytes(FILLER_BYTES));
    await rewrite(active, "ok");
    if (!active.capFiles(FILE_BYTES_MAX)) throw new Error("prlimit (util-linux) is needed to limit Redis's files");
    await rewrite(active, "err").finally(() => active.capFiles(null));
  },
  async mend({ fleet: { active } }) {
    await active.admin.del(FILLER);
    await rewrite(active, "ok");
  },
};

/** Rewrites the log, which must come to that end. */
async function rewrite(redis: RedisServer, end: "ok" | "err"): Promise<void> {
  await redis.admin.bgrewriteaof();
  const ended = async () => {
    const facts = await redis.facts("persistence");
    const busy = facts["aof_rewrite_in_progress"] === "1" || facts["aof_rewrite_scheduled"] === "1";
    return !busy && facts["aof_last_bgrewrite_status"] === end;
  };
  if (!(await until(ended, REWRITE_MS_MAX))) throw new Error(`a rewrite of Redis's log did not end as ${end}`);
}
