export { addCounts, type Counts } from "./counts.ts";
export { COVERAGE_SEEDS_MIN, PROMISED, unexercised } from "./coverage.ts";
export { Random } from "./random.ts";
export { type SeedReport, type SimulateOptions, simulate } from "./simulate.ts";
export { INVARIANTS, type Invariant } from "./violation.ts";
