import type { RealMutant } from "../mutant.ts";
import { ADMISSION_MUTANTS } from "./gate-admission.ts";
import { HOLD_MUTANTS, STAGING_MUTANTS } from "./gate-holds.ts";
import { INSPECTION_MUTANTS } from "./gate-inspection.ts";
import { LEASE_MUTANTS } from "./gate-leases.ts";
import { SALE_MUTANTS } from "./ledger-sales.ts";
import { ROW_MUTANTS, SALE_ROW_MUTANTS } from "./ledger-statements.ts";
import { CONSTRAINT_MUTANTS, TRANSACTION_MUTANTS } from "./ledger-transactions.ts";

/** Every mutant of the real adapters. */
export const REAL_MUTANTS: readonly RealMutant[] = [
  ...LEASE_MUTANTS,
  ...ADMISSION_MUTANTS,
  ...HOLD_MUTANTS,
  ...STAGING_MUTANTS,
  ...INSPECTION_MUTANTS,
  ...SALE_ROW_MUTANTS,
  ...ROW_MUTANTS,
  ...SALE_MUTANTS,
  ...TRANSACTION_MUTANTS,
  ...CONSTRAINT_MUTANTS,
];
