export { type GateHarness, gateContract } from "./gate.contract.ts";
export { type LedgerHarness, ledgerContract } from "./ledger.contract.ts";
export { MemoryGate } from "./memory-gate.ts";
export { MemoryLedger } from "./memory-ledger.ts";
