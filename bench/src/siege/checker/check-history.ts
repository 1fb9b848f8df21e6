import type { AuditReport } from "@flashgate/core";
import { createPool } from "@flashgate/drizzle";
import { readHistory } from "../history.ts";
import { Findings, type InvariantFinding } from "./findings.ts";
import { LedgerCheck } from "./ledger-check.ts";
import { readBuyers, readCheckouts, readItems, readSales } from "./ledger-rows.ts";
import { Testimony } from "./testimony.ts";

export interface CheckParts {
  readonly historyFile: string;
  readonly databaseUrl: string;
  /** The product's own audit of every sale, made once all was at rest. */
  readonly audits: readonly AuditReport[];
}

/** What a siege proved. */
export interface Verdict {
  readonly invariants: readonly InvariantFinding[];
  /** Checkout requests, those answered with 202, and the checkouts that these named. */
  readonly attempts: number;
  readonly acknowledgements: number;
  readonly checkouts: number;
  /** Acknowledged checkouts by the state of their rows: `confirmed`, `rejected:gate_lost`, … */
  readonly ends: Readonly<Record<string, number>>;
  readonly sales: number;
  readonly destructions: number;
}

/** Holds a history against the ledger it was made with. Nothing may write to the ledger meanwhile. */
export async function checkHistory({ historyFile, databaseUrl, audits }: CheckParts): Promise<Verdict> {
  const findings = new Findings();
  const testimony = new Testimony(findings);
  for await (const entry of readHistory(historyFile)) testimony.take(entry);
  testimony.end();
  const { attempts, acknowledgements, destructions } = testimony;
  const checkouts = testimony.stories.size;

  const check = new LedgerCheck(testimony, findings);
  const sales = await readLedger(databaseUrl, check);
  checkAudits(findings, audits, sales);
  return {
    invariants: findings.report(),
    ...{ attempts, acknowledgements, checkouts, sales, destructions: destructions.length },
    ends: Object.fromEntries(check.ends),
  };
}

/** Shows the check every row of the ledger. Resolves to the number of sales. */
async function readLedger(databaseUrl: string, check: LedgerCheck): Promise<number> {
  const pool = createPool({ url: databaseUrl, max: 1, applicationName: "siege-checker", onError: () => undefined });
  try {
    const sales = await readSales(pool);
    check.begin(sales);
    for (const sale of sales) {
      const saleCheck = check.sale(sale);
      for await (const row of readCheckouts(pool, sale.id)) saleCheck.take(row);
      saleCheck.end(await readItems(pool, sale.id), await readBuyers(pool, sale.id));
    }
    check.end();
    return sales.length;
  } finally {
    await pool.end();
  }
}

/** What each audit looks at, besides what it finds. */
const AUDITED = [1, 2, 3, 4, 6, 7, 10] as const;

/** Takes over what the audits say: each sale audited once, and at rest. What an audit did not look at is no check. */
export function checkAudits(findings: Findings, audits: readonly AuditReport[], sales: number): void {
  findings.expect(4, audits.length === sales, () => `${audits.length} of ${sales} sales were audited`);
  for (const { saleId, atRest, unchecked, violations } of audits) {
    findings.expect(4, atRest, () => `${saleId} never came to rest`);
    const missed = new Set<number>(unchecked.map(({ invariant }) => invariant));
    for (const invariant of AUDITED.filter((each) => !missed.has(each))) {
      const broken = violations.filter((violation) => violation.invariant === invariant);
      findings.expect(invariant, broken.length === 0, () => {
        return `${saleId}: ${broken.map(({ message }) => message).join("; ")}`;
      });
    }
  }
}
