import { Findings, type InvariantFinding } from "../src/siege/checker/findings.ts";
import { LedgerCheck } from "../src/siege/checker/ledger-check.ts";
import type { BuyerRow, CheckoutRow, ItemRow, SaleRow } from "../src/siege/checker/ledger-rows.ts";
import { Testimony } from "../src/siege/checker/testimony.ts";
import type { HistoryEntry, ReserveInvoked, StepInvoked, TicketState } from "../src/siege/history.ts";

/** Open from 10,000 to 20,000, settled until 30,000; ten units of one item; three for a user. */
export const SALE: SaleRow = {
  id: "x-1",
  opensAtMs: 10_000,
  closesAtMs: 20_000,
  settleUntilMs: 30_000,
  closedAtMs: 30_010,
  totalUnits: 10,
  soldUnits: 0,
  heldUnits: 0,
  limitPerUser: 3,
  epoch: 9,
  openEpoch: 9,
  state: "closed",
};

interface Step {
  readonly saleId?: string;
  readonly userId?: string;
  readonly demand?: string;
  readonly epoch?: number;
  readonly state?: TicketState;
  readonly lines?: string;
  readonly invokedAtMs?: number;
  readonly toldAtMs?: number;
}

interface Reserve extends Step {
  readonly mode?: "cart" | "purchase";
  readonly key?: string;
  readonly checkoutId?: string;
}

let ops = 0;

/** A checkout of Ada's, one unit of `i1`, purchased at once: asked at 11,000 and acknowledged at 11,010 in epoch 1. */
export function acknowledged(checkoutId: string, but: Reserve = {}): HistoryEntry[] {
  const [invoked, op] = invocation(but);
  const { toldAtMs = 11_010, epoch = 1, state, lines = "i1:1" } = but;
  const first = invoked.mode === "cart" ? "reserved" : "queued";
  return [invoked, { kind: "ok", op, atMs: toldAtMs, checkoutId, epoch, state: state ?? first, lines }];
}

export function refused(code: string, but: Reserve = {}): HistoryEntry[] {
  const [invoked, op] = invocation(but);
  return [invoked, { kind: "fail", op, atMs: but.toldAtMs ?? 11_010, code }];
}

/** A request whose answer never came; `checkoutId`: the one that a 503 named. */
export function unanswered(but: Reserve = {}): HistoryEntry[] {
  const [invoked, op] = invocation(but);
  const named = but.checkoutId === undefined ? {} : { checkoutId: but.checkoutId };
  return [invoked, { kind: "info", op, atMs: but.toldAtMs ?? 11_010, code: "timeout", ...named }];
}

export function step(
  call: StepInvoked["call"],
  checkoutId: string,
  outcome: "ok" | "info" | { readonly fail: string },
  but: Step = {},
): HistoryEntry[] {
  ops += 1;
  const { invokedAtMs = 12_000, toldAtMs = 12_010, userId = "ada", saleId = SALE.id, epoch = 1, lines = "" } = but;
  const demand = but.demand === undefined ? {} : { demand: but.demand };
  const invoked = { kind: "invoke", call, op: ops, atMs: invokedAtMs, saleId, userId, checkoutId, ...demand } as const;
  const at = { op: ops, atMs: toldAtMs };
  if (outcome === "info") return [invoked, { kind: "info", ...at, code: "timeout" }];
  if (outcome !== "ok") return [invoked, { kind: "fail", ...at, code: outcome.fail }];
  const state = but.state ?? (call === "cancel" ? "cancelled" : call === "add" ? "reserved" : "queued");
  return [invoked, { kind: "ok", ...at, checkoutId, epoch, state, lines }];
}

function invocation(but: Reserve): [ReserveInvoked, number] {
  ops += 1;
  const { invokedAtMs = 11_000, saleId = SALE.id, userId = "ada", mode = "purchase", demand = "1+", key } = but;
  const named = key === undefined ? {} : { key };
  return [{ kind: "invoke", call: "reserve", op: ops, atMs: invokedAtMs, saleId, userId, mode, demand, ...named }, ops];
}

/** The row that it comes to: confirmed, reserved at 11,005 and decided at 11,100. */
export function row(checkoutId: string, but: Partial<CheckoutRow> = {}): CheckoutRow {
  return {
    checkoutId,
    userId: "ada",
    units: 1,
    key: "",
    state: "confirmed",
    reason: null,
    epoch: 1,
    reservedAtMs: 11_005,
    decidedAtMs: 11_100,
    lines: "i1:1",
    ...but,
  };
}

export interface Tale {
  readonly history?: readonly HistoryEntry[];
  readonly rows?: readonly CheckoutRow[];
  readonly sale?: Partial<SaleRow>;
  readonly moreSales?: readonly SaleRow[];
  readonly items?: readonly ItemRow[];
  readonly buyers?: readonly BuyerRow[];
}

/** What the checker finds. */
export function findingsOf(tale: Tale): InvariantFinding[] {
  return checked(tale).findings;
}

/** Acknowledged checkouts by the state they ended in. */
export function endsOf(tale: Tale): Record<string, number> {
  return checked(tale).ends;
}

/** Counters that a tale does not tell are what its rows add up to. */
function checked({ history = [], rows = [], moreSales = [], ...told }: Tale) {
  const findings = new Findings();
  const testimony = new Testimony(findings);
  for (const entry of history) testimony.take(entry);
  testimony.end();
  const unitsIn = (state: string) => rows.reduce((sum, it) => sum + (it.state === state ? it.units : 0), 0);
  const [sold, held] = [unitsIn("confirmed"), unitsIn("held")];
  const sale = { ...SALE, soldUnits: sold, heldUnits: held, ...told.sale };
  const users = [...new Set(rows.map(({ userId }) => userId))];
  const unitsOf = (userId: string) =>
    rows.reduce((sum, it) => sum + (it.state === "confirmed" && it.userId === userId ? it.units : 0), 0);
  const check = new LedgerCheck(testimony, findings);
  check.begin([sale, ...moreSales]);
  const saleCheck = check.sale(sale);
  for (const it of rows) saleCheck.take(it);
  saleCheck.end(
    told.items ?? [{ itemId: "i1", stock: sale.totalUnits, sold, held }],
    told.buyers ?? users.map((userId) => ({ userId, units: unitsOf(userId) })),
  );
  check.end();
  return { findings: findings.report(), ends: Object.fromEntries(check.ends) };
}

/** The invariants that a tale breaks. */
export function broken(tale: Tale): number[] {
  return findingsOf(tale).flatMap(({ invariant, violations }) => (violations > 0 ? [invariant] : []));
}
