import type { RecordedAttempt } from "../application/ports/ledger.ts";
import { keyOf } from "../domain/adoption.ts";
import {
  type CheckoutRecord,
  type Hold,
  type HoldMode,
  isVerdict,
  type Judged,
  type Verdict,
} from "../domain/checkout.ts";
import type { CatalogueEntry, Item } from "../domain/item.ts";
import { unitsOf } from "../domain/lines.ts";
import type { Sale, SalePlan } from "../domain/sale.ts";

/** A checkout's row. `mode` and `deadlineMs` matter while it is held, to put it back into a gate. */
export interface MemoryRow extends CheckoutRecord {
  readonly key: string;
  readonly fingerprint: string;
  readonly mode: HoldMode | null;
  readonly deadlineMs: number | null;
}

/** Told of every row as it is written, beside what stood there before. */
export type RowListener = (row: MemoryRow, before: MemoryRow | undefined) => void;

/** One sale in memory. Counters move with the rows that they stand for, in {@link put} and nowhere else. */
export class MemoryLedgerSale {
  sale: Sale;
  closedAtMs: number | null = null;
  readonly items: Map<string, Item>;
  /** Confirmed units by user. */
  readonly buyers = new Map<string, number>();
  readonly rows = new Map<string, MemoryRow>();
  /** The held or confirmed checkout by {@link keyOf}. */
  readonly keys = new Map<string, string>();
  /** Accepted attempts by checkout; none where the sale records none. */
  readonly attempts = new Map<string, RecordedAttempt>();
  readonly #onRow: RowListener;

  constructor(plan: SalePlan, catalogue: readonly CatalogueEntry[], onRow: RowListener) {
    this.#onRow = onRow;
    const items = catalogue.map((entry, index): Item => {
      return { ...entry, saleId: plan.id, position: index + 1, sold: 0, held: 0 };
    });
    this.items = new Map(items.map((item) => [item.id, item]));
    this.sale = {
      ...plan,
      attempts: plan.attempts ?? "all",
      totalItems: items.reduce((units, item) => units + item.stock, 0),
      itemsSold: 0,
      itemsHeld: 0,
      epoch: 0,
      openEpoch: 0,
      state: "scheduled",
      paused: false,
      pauseVersion: 0,
    };
  }

  get heldRows(): MemoryRow[] {
    return [...this.rows.values()].filter((row) => row.status.state === "held");
  }

  /** The only way a row is written: new, or over a held one. */
  put(row: MemoryRow): void {
    const before = this.rows.get(row.checkoutId);
    if (before) this.#count(before, -1);
    this.#count(row, 1);
    this.rows.set(row.checkoutId, row);
    if (!before && this.sale.attempts !== "off") this.attempts.set(row.checkoutId, attemptOf(row));
    this.#onRow(row, before);
  }

  /** Gives an ended checkout the key that its row went without. */
  name({ checkoutId, key, fingerprint }: Pick<Hold, "checkoutId" | "key" | "fingerprint">): void {
    const row = this.rows.get(checkoutId);
    const ended = row?.status.state === "cancelled" || row?.status.state === "expired";
    if (ended && row.key === "") this.rows.set(checkoutId, { ...row, key, fingerprint });
  }

  #count(row: MemoryRow, sign: 1 | -1): void {
    const { state } = row.status;
    if (state !== "held" && state !== "confirmed") return;
    if (sign === -1 && isVerdict(row.status)) throw new Error(`the verdict of ${row.checkoutId} was written over`);
    const counter = state === "held" ? "held" : "sold";
    const units = sign * unitsOf(row.lines);
    for (const { itemId, quantity } of row.lines) {
      const item = this.items.get(itemId);
      if (item) this.items.set(itemId, { ...item, [counter]: item[counter] + sign * quantity });
    }
    if (state === "held") {
      this.sale = { ...this.sale, itemsHeld: this.sale.itemsHeld + units };
    } else {
      this.sale = { ...this.sale, itemsSold: this.sale.itemsSold + units };
      this.buyers.set(row.userId, (this.buyers.get(row.userId) ?? 0) + units);
    }
    if (row.key === "") return;
    if (sign === 1) this.keys.set(keyOf(row), row.checkoutId);
    else this.keys.delete(keyOf(row));
  }
}

function attemptOf({ saleId, checkoutId, userId, lines, reservedAtMs, decidedAtMs }: MemoryRow): RecordedAttempt {
  const atMs = reservedAtMs ?? decidedAtMs ?? 0;
  return { saleId, checkoutId, userId, units: unitsOf(lines), outcome: "held", atMs };
}

/** A hold as a row of this sale, with a status to be given. */
export function rowOf(saleId: string, epoch: number, hold: Hold): Omit<MemoryRow, "status" | "decidedAtMs"> {
  const { sinceMs, ...rest } = hold;
  return { ...rest, saleId, epoch, reservedAtMs: sinceMs };
}

export function recordOf(row: MemoryRow | undefined): CheckoutRecord | null {
  if (!row) return null;
  const { saleId, checkoutId, userId, lines, epoch, status, reservedAtMs, decidedAtMs } = row;
  return { saleId, checkoutId, userId, lines, epoch, status, reservedAtMs, decidedAtMs };
}

/** Throws where a verdict has no moment: then it was never given. */
export function judgedOf(checkoutId: string, verdict: Verdict, decidedAtMs: number | null | undefined): Judged {
  if (decidedAtMs === null || decidedAtMs === undefined) throw new Error(`${checkoutId} was judged at no time`);
  return { checkoutId, verdict, decidedAtMs };
}
