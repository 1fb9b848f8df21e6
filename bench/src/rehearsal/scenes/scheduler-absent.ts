import type { Scene } from "../scene.ts";

export const schedulerAbsent: Scene = {
  name: "scheduler-absent",
  alerts: ["FlashgateSchedulerAbsent"],
  trouble: "every scheduler is frozen (SIGSTOP)",
  mending: "the schedulers go on",
  async cause({ fleet }) {
    for (const { process } of fleet.of("scheduler")) process.freeze();
  },
  async mend({ fleet }) {
    for (const { process } of fleet.of("scheduler")) process.thaw();
  },
};
