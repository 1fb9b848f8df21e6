import type { Clock } from "../application/ports/clock.ts";
import type {
  ApartReply,
  AttemptQuery,
  Ledger,
  LedgerStatus,
  PauseReply,
  RecordedAttempt,
  RecoveryBegun,
  RefusedAttempt,
  SaleFilter,
  SettleReply,
  Tomb,
  TombGuard,
} from "../application/ports/ledger.ts";
import { adopt, keyOf } from "../domain/adoption.ts";
import { type CheckoutRecord, type Hold, isVerdict, type Judged, type Verdict } from "../domain/checkout.ts";
import type { GateSnapshot } from "../domain/gate-snapshot.ts";
import type { CatalogueEntry, Item } from "../domain/item.ts";
import { hasRoom, judge } from "../domain/judgement.ts";
import type { LedgerFacts } from "../domain/ledger-facts.ts";
import { mergeLines, unitsOf } from "../domain/lines.ts";
import type { Order } from "../domain/order.ts";
import type { Sale, SalePlan } from "../domain/sale.ts";
import { attemptsOf } from "./memory-history.ts";
import { factsOf, snapshotOf } from "./memory-ledger-facts.ts";
import { latestBeside, listOf } from "./memory-ledger-list.ts";
import { ordersOf } from "./memory-ledger-orders.ts";
import { judgedOf, MemoryLedgerSale, type MemoryRow, type RowListener, recordOf, rowOf } from "./memory-ledger-sale.ts";
import { MemoryRemovals } from "./memory-removals.ts";

/** The ledger in memory: each call is one atomic step that decides everything before it writes anything. */
export class MemoryLedger extends MemoryRemovals implements Ledger {
  readonly #clock: Clock;
  readonly #onRow: RowListener;

  constructor(clock: Clock, onRow: RowListener = () => undefined) {
    super(clock);
    this.#clock = clock;
    this.#onRow = onRow;
  }

  async schedule(plan: SalePlan, catalogue: readonly CatalogueEntry[]): Promise<"scheduled" | "exists"> {
    if (this.sales.has(plan.id) || this.isRemoved(plan.id)) return "exists";
    this.sales.set(plan.id, new MemoryLedgerSale(plan, catalogue, this.#onRow));
    return "scheduled";
  }

  async scheduleApart(plan: SalePlan, catalogue: readonly CatalogueEntry[]): Promise<ApartReply> {
    const other = latestBeside(this.#all(), plan);
    return other ? { kind: "overlaps", saleId: other.id } : { kind: await this.schedule(plan, catalogue) };
  }

  async find(saleId: string): Promise<Sale | null> {
    return this.book(saleId)?.sale ?? null;
  }

  /** A sale's whole book, for whoever checks it between two steps. */
  override book(saleId: string): MemoryLedgerSale | undefined {
    return this.sales.get(saleId);
  }

  async list(filter: SaleFilter): Promise<Sale[]> {
    return listOf(this.#all(), filter);
  }

  async items(saleId: string): Promise<Item[]> {
    return [...(this.sales.get(saleId)?.items.values() ?? [])];
  }

  async beginRecovery(saleId: string, seenEpoch: number): Promise<RecoveryBegun> {
    const book = this.#book(saleId);
    const { state, epoch, openEpoch } = book.sale;
    if (state === "closed") return { kind: "closed" };
    if (epoch !== seenEpoch) return { kind: "superseded" };
    book.sale = { ...book.sale, epoch: epoch + 1, state: "recovering" };
    return { kind: "begun", epoch: epoch + 1, openEpoch };
  }

  async adopt(saleId: string, epoch: number, survivors: readonly Hold[]): Promise<GateSnapshot | "superseded"> {
    const book = this.#book(saleId);
    if (book.sale.epoch !== epoch || book.sale.state !== "recovering") return "superseded";
    for (const adoption of adopt(survivors, book)) {
      const row = rowOf(saleId, epoch, adoption.hold);
      if (adoption.kind === "name") book.name(adoption.hold);
      else if (adoption.kind === "reject") this.#decide(book, book.rows.get(row.checkoutId) ?? row, adoption.verdict);
      else book.put({ ...row, status: { state: "held" }, decidedAtMs: null });
    }
    book.sale = { ...book.sale, state: "open", openEpoch: epoch };
    return snapshotOf(book);
  }

  async setPaused(saleId: string, paused: boolean): Promise<PauseReply> {
    const book = this.sales.get(saleId);
    if (!book) return { kind: "unknown_sale" };
    if (book.sale.state === "closed") return { kind: "closed" };
    const changed = Number(book.sale.paused !== paused);
    book.sale = { ...book.sale, paused, pauseVersion: book.sale.pauseVersion + changed };
    return { kind: "set", sale: book.sale };
  }

  async close(saleId: string): Promise<"closed" | "not_yet"> {
    const book = this.#book(saleId);
    if (book.sale.state === "closed") return "closed";
    if (this.#clock.nowMs() < book.sale.settleUntilMs) return "not_yet";
    for (const row of book.heldRows) this.#decide(book, row, { state: "expired" });
    book.sale = { ...book.sale, state: "closed" };
    book.closedAtMs = this.#clock.nowMs();
    return "closed";
  }

  async settleAll(saleId: string, epoch: number, holds: readonly Hold[]): Promise<Judged[] | "contested"> {
    const book = this.sales.get(saleId);
    if (book?.sale.state !== "open" || book.sale.epoch !== epoch || !fitTogether(book, holds)) return "contested";
    return holds.map((hold) => this.#decide(book, rowOf(saleId, epoch, hold), { state: "confirmed" }));
  }

  async settleOne(saleId: string, epoch: number, hold: Hold): Promise<SettleReply> {
    const book = this.#book(saleId);
    const row = book.rows.get(hold.checkoutId) ?? null;
    const owner = hold.key === "" ? undefined : book.keys.get(keyOf(hold));
    const judgement = judge({
      sale: book.sale,
      items: book.items,
      row,
      lines: hold.lines,
      holdEpoch: epoch,
      keyTaken: owner !== undefined && owner !== hold.checkoutId,
      buyerUnits: book.buyers.get(hold.userId) ?? 0,
    });
    switch (judgement.kind) {
      case "retry":
      case "dropped":
        return { kind: judgement.kind };
      case "standing":
        book.name(hold);
        return { kind: "judged", judged: judgedOf(hold.checkoutId, judgement.verdict, row?.decidedAtMs) };
      case "verdict":
        return { kind: "judged", judged: this.#decide(book, rowOf(saleId, epoch, hold), judgement.verdict) };
    }
  }

  async entomb(saleId: string, tombs: readonly Tomb[], guard: TombGuard): Promise<Judged[]> {
    const book = this.sales.get(saleId);
    if (!book) return [];
    const standing = new Map<string, Judged>();
    for (const tomb of tombs) {
      const row = book.rows.get(tomb.checkoutId);
      if (row && isVerdict(row.status)) {
        book.name(tomb);
        standing.set(tomb.checkoutId, judgedOf(tomb.checkoutId, row.status, row.decidedAtMs));
      } else if (this.#passes(guard, tomb, book.sale, row)) {
        const { verdict, ...rest } = tomb;
        standing.set(tomb.checkoutId, this.#decide(book, row ?? { ...rest, saleId, mode: null }, verdict));
      }
    }
    return [...standing.values()];
  }

  async records(saleId: string, checkoutIds: readonly string[]): Promise<CheckoutRecord[]> {
    const rows = this.sales.get(saleId)?.rows;
    return [...new Set(checkoutIds)].flatMap((checkoutId) => recordOf(rows?.get(checkoutId)) ?? []);
  }

  async status(saleId: string, checkoutId: string): Promise<LedgerStatus | null> {
    const book = this.sales.get(saleId);
    if (!book) return null;
    const { openEpoch, state } = book.sale;
    return { record: recordOf(book.rows.get(checkoutId)), openEpoch, state };
  }

  async facts(saleId: string): Promise<LedgerFacts | null> {
    const book = this.sales.get(saleId);
    return book ? factsOf(book, this.#all()) : null;
  }

  async order(userId: string, orderId: string): Promise<Order | null> {
    return ordersOf(this.books, userId).find((order) => order.orderId === orderId) ?? null;
  }

  async orders(userId: string, page: { readonly before: string | null; readonly limit: number }): Promise<Order[]> {
    const { before, limit } = page;
    return ordersOf(this.books, userId)
      .filter(({ orderId }) => before === null || orderId < before)
      .slice(0, limit);
  }

  async recordRefused(attempts: readonly RefusedAttempt[]): Promise<void> {
    this.refused.push(...attempts.filter(({ saleId }) => this.book(saleId)?.sale.attempts === "all"));
  }

  async saleOf(checkoutId: string): Promise<string | null> {
    return this.#all().find((sale) => this.book(sale.id)?.rows.has(checkoutId))?.id ?? null;
  }

  async attempts(query: AttemptQuery): Promise<RecordedAttempt[]> {
    return attemptsOf(this.book(query.saleId), this.refused, query);
  }

  #decide(book: MemoryLedgerSale, row: Omit<MemoryRow, "status" | "decidedAtMs">, verdict: Verdict): Judged {
    const decidedAtMs = this.#clock.nowMs();
    book.put({ ...row, mode: null, status: verdict, decidedAtMs });
    return { checkoutId: row.checkoutId, verdict, decidedAtMs };
  }

  #passes(guard: TombGuard, tomb: Tomb, sale: Sale, row: MemoryRow | undefined): boolean {
    switch (guard.kind) {
      case "none":
        return true;
      case "absent":
        return row === undefined;
      case "cart_deadline":
        return sale.epoch === guard.claimEpoch && tomb.deadlineMs !== null && tomb.deadlineMs <= this.#clock.nowMs();
      case "settle_until":
        return this.#clock.nowMs() >= sale.settleUntilMs;
    }
  }

  #all(): Sale[] {
    return [...this.sales.values()].map((book) => book.sale);
  }

  #book(saleId: string): MemoryLedgerSale {
    const book = this.sales.get(saleId);
    if (!book) throw new Error(`unknown sale "${saleId}"`);
    return book;
  }
}

/** Whether every one of these holds would be confirmed, each beside all the others. */
function fitTogether(book: MemoryLedgerSale, holds: readonly Hold[]): boolean {
  const { sale, items, rows, keys, buyers } = book;
  const keyed = holds.filter((hold) => hold.key !== "");
  const known = holds.flatMap((hold) => rows.get(hold.checkoutId) ?? []);
  const units = new Map<string, number>();
  for (const { userId, lines } of holds) units.set(userId, (units.get(userId) ?? 0) + unitsOf(lines));
  const adopted = { status: { state: "held" }, lines: known.flatMap((row) => row.lines) } as const;
  return (
    new Set(holds.map((hold) => hold.checkoutId)).size === holds.length &&
    known.every((row) => row.status.state === "held") &&
    new Set(keyed.map(keyOf)).size === keyed.length &&
    keyed.every((hold) => (keys.get(keyOf(hold)) ?? hold.checkoutId) === hold.checkoutId) &&
    [...units].every(([userId, wanted]) => (buyers.get(userId) ?? 0) + wanted <= sale.limitPerUser) &&
    hasRoom({ sale, items, row: adopted, lines: mergeLines(holds.flatMap((hold) => hold.lines)) })
  );
}
