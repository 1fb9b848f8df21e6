import { randomBytes } from "node:crypto";
import type { Scene } from "../scene.ts";

const FILLER = "rehearsal:filler";
const FILLER_BYTES = 1 << 20;
/** So little that the filler is gone before anything else has a shorter life left. */
const FILLER_SECONDS = 3;

/** The filler is what goes: the policy takes the keys that have the shortest life left, and a gate's keys have no end. */
export const redisEvicts: Scene = {
  name: "redis-evicts",
  alerts: ["FlashgateRedisEvicts"],
  trouble: "maxmemory-policy is set to volatile-ttl and maxmemory below what is used, so that a key is evicted",
  mending: "maxmemory-policy is set back to noeviction, and maxmemory to none",
  async cause({ fleet }) {
    const { admin } = fleet.active;
    await admin.config("SET", "maxmemory-policy", "volatile-ttl");
    await admin.set(FILLER, randomBytes(FILLER_BYTES), "EX", FILLER_SECONDS);
    await fleet.active.limitMemory(-FILLER_BYTES / 2);
    // the next command that may need memory evicts
    await admin.set(`${FILLER}:trigger`, "", "EX", FILLER_SECONDS);
    const { evicted_keys: evicted } = await fleet.active.facts("stats");
    if (Number(evicted) < 1) throw new Error("nothing was evicted");
  },
  async mend(stage) {
    const { active } = stage.fleet;
    const doctor = await stage.flashgate("doctor");
    if (!doctor.output.includes("noeviction")) throw new Error(`doctor does not name it: ${doctor.output}`);
    await active.admin.config("SET", "maxmemory-policy", "noeviction");
    await active.limitMemory(null);
  },
};
