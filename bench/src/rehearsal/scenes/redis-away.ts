import type { Scene } from "../scene.ts";

/** The other way to a shut gate: there is nobody to ask. Whoever bought meanwhile is answered 503. */
export const redisAway: Scene = {
  name: "redis-away",
  alerts: ["FlashgateGateShut"],
  trouble: "Redis is killed and nobody starts it",
  mending:
    "`flashgate doctor` says that Redis does not answer; it is started with its data, and the gate opens by itself",
  async cause({ fleet }) {
    if (!(await fleet.active.kill())) throw new Error("Redis did not run");
  },
  async mend(stage) {
    const { code, output } = await stage.flashgate("doctor");
    await stage.fleet.active.start();
    if (code !== 1 || !/redis.*(?:answer|reach|ECONNREFUSED)/i.test(output))
      throw new Error(`doctor does not name it: ${output}`);
  },
};
