/** Guards of what an audit is told of a large gate. */
import { patch, type RealMutant } from "../mutant.ts";

const CONTENTS = "redis/src/gate-contents.ts";
const TESTS: readonly string[] = ["redis/test/inspection.test.ts"];

export const INSPECTION_MUTANTS: readonly RealMutant[] = [
  {
    name: "redis-inspection-unwatched",
    guard: "a gate that is changed while it is read in pieces is not taken for one of one instant",
    patches: [patch(CONTENTS, "await redis.watch(keys.totals, keys.stock, keys.pool, keys.holds, keys.buyers);", "")],
    tests: TESTS,
  },
  {
    name: "redis-inspection-always-one-instant",
    guard: "what the watch told is passed on",
    patches: [patch(CONTENTS, "oneInstant: unchanged !== null", "oneInstant: true")],
    tests: TESTS,
  },
];
