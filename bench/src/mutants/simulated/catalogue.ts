import type { SimulatedMutant } from "../mutant.ts";
import { CART_MUTANTS } from "./carts.ts";
import { LEASE_MUTANTS, PROMISE_MUTANTS } from "./gate.ts";
import { ROOM_MUTANTS, VERDICT_MUTANTS } from "./judging.ts";
import { ADOPTION_MUTANTS, SNAPSHOT_MUTANTS } from "./recovering.ts";
import { END_MUTANTS, WAY_MUTANTS } from "./settling.ts";

/** Every mutant of the use cases, the rules and the adapters in memory. */
export const SIMULATED_MUTANTS: readonly SimulatedMutant[] = [
  ...VERDICT_MUTANTS,
  ...ROOM_MUTANTS,
  ...ADOPTION_MUTANTS,
  ...SNAPSHOT_MUTANTS,
  ...LEASE_MUTANTS,
  ...PROMISE_MUTANTS,
  ...CART_MUTANTS,
  ...WAY_MUTANTS,
  ...END_MUTANTS,
];
