/** Whoever notices what is missing in the gate: the contract first, then random commands beside a reference. */
export const GATE_TESTS: readonly string[] = ["redis/test/gate.test.ts", "redis/test/gate-model.test.ts"];
