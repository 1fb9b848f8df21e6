import type { Scene } from "../scene.ts";
import { deadLetters } from "./dead-letters.ts";
import { drift } from "./drift.ts";
import { gateShut } from "./gate-shut.ts";
import { oversold } from "./oversold.ts";
import { queueStuck } from "./queue-stuck.ts";
import { redisAway } from "./redis-away.ts";
import { redisEvicts } from "./redis-evicts.ts";
import { redisLog } from "./redis-log.ts";
import { rotationLate } from "./rotation-late.ts";
import { schedulerAbsent } from "./scheduler-absent.ts";
import { targetDown } from "./target-down.ts";

/** In the order in which they are played: what needs a fresh deployment first. */
export function allScenes(): Scene[] {
  return [
    rotationLate,
    oversold,
    drift,
    queueStuck,
    deadLetters(),
    gateShut(),
    redisAway,
    schedulerAbsent,
    targetDown,
    redisEvicts,
    redisLog,
  ];
}
