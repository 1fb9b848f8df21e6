import type { Scene } from "../scene.ts";

export const targetDown: Scene = {
  name: "target-down",
  alerts: ["FlashgateTargetDown"],
  trouble: "the exporter of Redis is stopped",
  mending: "it is started again",
  cause: ({ tower }) => tower.stopRedisExporter(),
  mend: ({ tower }) => tower.startRedisExporter(),
};
