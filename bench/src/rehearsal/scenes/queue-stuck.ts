import type { Scene } from "../scene.ts";

export const queueStuck: Scene = {
  name: "queue-stuck",
  alerts: ["FlashgateQueueStuck"],
  trouble: "every worker is frozen (SIGSTOP) while shoppers go on",
  mending: "the workers go on",
  async cause({ fleet }) {
    for (const { process } of fleet.of("worker")) process.freeze();
  },
  async mend({ fleet }) {
    for (const { process } of fleet.of("worker")) process.thaw();
  },
};
