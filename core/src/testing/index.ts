export { type GateHarness, gateContract } from "./gate.contract.ts";
export { MemoryGate } from "./memory-gate.ts";
