import type { Clock } from "../application/ports/clock.ts";
import type { CartStep, Gate, ReserveRequest, Survivors } from "../application/ports/gate.ts";
import type { SaleEvent, SaleFeed } from "../application/ports/sale-feed.ts";
import { CART_MS, type Hold, type Judged } from "../domain/checkout.ts";
import type { GateFacts } from "../domain/gate-facts.ts";
import type { GateSnapshot } from "../domain/gate-snapshot.ts";
import { type Demand, mergeLines } from "../domain/lines.ts";
import type { CartReply, GateTotals, PurchaseReply, Refusal, ReserveReply } from "../domain/outcomes.ts";
import { MemoryOpening, refusalAt } from "./memory-opening.ts";

interface MemorySale {
  epoch: number;
  open: boolean;
  retired: boolean;
  terms: GateSnapshot["sale"] | null;
  readonly openings: Map<number, MemoryOpening>;
}

type Opened = {
  readonly kind: "opened";
  readonly epoch: number;
  readonly opening: MemoryOpening;
  readonly terms: GateSnapshot["sale"];
};

const GRACE_MS = 2_000;
const BACKOFF_MS_MAX = 60_000;

/**
 * The gate in memory: every call is one atomic step of a server whose life can be cut ({@link restart}) and whose clock
 * is the caller's. Keeps the same leases, epochs and answers as the real one, under the same contract.
 */
export class MemoryGate implements Gate, SaleFeed {
  readonly #clock: Clock;
  readonly #backlogMax: number;
  readonly #sales = new Map<string, MemorySale>();
  readonly #leases = new Set<string>();
  readonly #listeners = new Set<(event: SaleEvent) => void>();
  #life = 1;

  constructor(clock: Clock, backlogMax = 100_000) {
    this.#clock = clock;
    this.#backlogMax = backlogMax;
  }

  /** The server dies and comes back with its data: every lease is gone. */
  restart(): void {
    this.#life += 1;
    this.#leases.clear();
  }

  async reserve(request: ReserveRequest): Promise<ReserveReply> {
    const { saleId, checkoutId, userId, mode, demand, key, fingerprint } = request;
    const opened = this.#opened(saleId);
    if (opened.kind !== "opened") return opened;
    const { epoch, opening, terms } = opened;
    const known = key === "" ? undefined : opening.keys.get(`${userId}|${key}`);
    if (known && known.fingerprint !== fingerprint) return { kind: "key_reused" };
    if (known) {
      return {
        kind: "replayed",
        epoch,
        checkoutId: known.checkoutId,
        hold: opening.holds.get(known.checkoutId) ?? null,
      };
    }
    const refusal = refusalAt(terms, this.#clock.nowMs());
    if (refusal) return refusal;
    if (opening.holds.size >= this.#backlogMax) return { kind: "backlog_full" };
    const taken = opening.take(userId, demand, terms.limitPerUser);
    if (taken.kind !== "taken") return taken;

    const sinceMs = this.#clock.nowMs();
    const deadlineMs = mode === "cart" ? Math.min(sinceMs + CART_MS, terms.settleUntilMs) : terms.settleUntilMs;
    const hold: Hold = { checkoutId, userId, mode, lines: taken.lines, key, fingerprint, sinceMs, deadlineMs };
    opening.holds.set(checkoutId, hold);
    opening.dueAtMs.set(checkoutId, mode === "cart" ? deadlineMs : sinceMs + GRACE_MS);
    if (key !== "") opening.keys.set(`${userId}|${key}`, { userId, key, fingerprint, checkoutId });
    return { kind: "held", epoch, hold, totals: opening.totals };
  }

  async addLines({ saleId, checkoutId, userId, demand }: CartStep & { readonly demand: Demand }): Promise<CartReply> {
    const opened = this.#opened(saleId);
    if (opened.kind !== "opened") return opened;
    const { epoch, opening, terms } = opened;
    const hold = opening.holds.get(checkoutId);
    if (!hold || hold.userId !== userId) return { kind: "not_found" };
    if (hold.mode === "lapsed" || this.#clock.nowMs() >= hold.deadlineMs) return { kind: "expired" };
    if (hold.mode !== "cart") return { kind: "not_a_cart" };
    const refusal = refusalAt(terms, this.#clock.nowMs());
    if (refusal) return refusal;
    const taken = opening.take(userId, demand, terms.limitPerUser);
    if (taken.kind !== "taken") return taken;
    const grown = { ...hold, lines: mergeLines([...hold.lines, ...taken.lines]) };
    opening.holds.set(checkoutId, grown);
    return { kind: "held", epoch, hold: grown, totals: opening.totals };
  }

  async purchase({ saleId, checkoutId, userId }: CartStep): Promise<PurchaseReply> {
    const opened = this.#opened(saleId);
    if (opened.kind !== "opened") return opened;
    const { epoch, opening, terms } = opened;
    const hold = opening.holds.get(checkoutId);
    if (!hold || hold.userId !== userId) return { kind: "not_found" };
    if (hold.mode === "submitted") return { kind: "submitted", epoch, hold };
    const nowMs = this.#clock.nowMs();
    if (hold.mode !== "cart" || nowMs >= hold.deadlineMs) return { kind: "expired" };
    const submitted: Hold = { ...hold, mode: "submitted", deadlineMs: terms.settleUntilMs };
    opening.holds.set(checkoutId, submitted);
    opening.dueAtMs.set(checkoutId, nowMs + GRACE_MS);
    return { kind: "submitted", epoch, hold: submitted };
  }

  async read(saleId: string, epoch: number, checkoutIds: readonly string[]): Promise<Hold[]> {
    const holds = this.#openingOf(saleId, epoch)?.holds;
    return checkoutIds.flatMap((id) => holds?.get(id) ?? []);
  }

  async claimDue(saleId: string, epoch: number, limit: number): Promise<Hold[]> {
    const opening = this.#openingOf(saleId, epoch);
    if (!opening) return [];
    const nowMs = this.#clock.nowMs();
    const due = [...opening.dueAtMs].filter(([, atMs]) => atMs <= nowMs).sort((a, b) => a[1] - b[1]);
    return due.slice(0, limit).flatMap(([id]) => {
      const hold = opening.holds.get(id);
      if (!hold) return [];
      opening.dueAtMs.set(id, nowMs + Math.max(GRACE_MS, Math.min(BACKOFF_MS_MAX, nowMs - hold.sinceMs)));
      return [hold];
    });
  }

  async some(saleId: string, epoch: number, limit: number): Promise<Hold[]> {
    return [...(this.#openingOf(saleId, epoch)?.holds.values() ?? [])].slice(0, limit);
  }

  async lapse(saleId: string, epoch: number, checkoutIds: readonly string[]): Promise<string[] | "gate_shut"> {
    const opened = this.#opened(saleId);
    if (opened.kind !== "opened" || opened.epoch !== epoch) return "gate_shut";
    return checkoutIds.filter((id) => {
      const hold = opened.opening.holds.get(id);
      if (hold?.mode !== "cart" || this.#clock.nowMs() < hold.deadlineMs) return hold?.mode === "lapsed";
      opened.opening.holds.set(id, { ...hold, mode: "lapsed" });
      return true;
    });
  }

  async finalise(saleId: string, epoch: number, judged: readonly Judged[]): Promise<"done"> {
    const opening = this.#openingOf(saleId, epoch);
    const soldUnits = new Map<string, number>();
    const stock = new Map<string, number>();
    for (const { checkoutId, verdict } of judged) {
      const hold = opening?.end(checkoutId, verdict.state === "confirmed");
      for (const { itemId, quantity } of hold?.lines ?? []) {
        if (verdict.state === "confirmed") soldUnits.set(itemId, (soldUnits.get(itemId) ?? 0) + quantity);
        stock.set(itemId, opening?.stock.get(itemId) ?? 0);
      }
    }
    this.#publish({ kind: "settled", saleId, epoch, judged, totals: opening?.totals ?? null, soldUnits, stock });
    return "done";
  }

  async shut(saleId: string, epoch: number, openEpoch: number): Promise<Survivors | "superseded"> {
    const sale = this.#sales.get(saleId) ?? { epoch: 0, open: false, retired: false, terms: null, openings: new Map() };
    this.#sales.set(saleId, sale);
    if (sale.epoch >= epoch) return "superseded";
    sale.epoch = epoch;
    sale.open = false;
    return {
      holds: [...(sale.openings.get(openEpoch)?.holds.values() ?? [])],
      incarnation: String(this.#life),
    };
  }

  async install(snapshot: GateSnapshot, incarnation: string): Promise<"installed" | "superseded"> {
    const { id, epoch } = snapshot.sale;
    const sale = this.#sales.get(id);
    if (!sale || sale.epoch !== epoch || sale.retired || incarnation !== String(this.#life)) return "superseded";
    sale.openings.clear();
    sale.openings.set(epoch, new MemoryOpening(snapshot));
    sale.terms = snapshot.sale;
    sale.open = true;
    this.#leases.add(`${id} ${epoch}`);
    this.#publish({ kind: "opened", saleId: id, epoch });
    return "installed";
  }

  async isOpen(saleId: string, epoch: number): Promise<boolean> {
    const opened = this.#opened(saleId);
    return opened.kind === "opened" && opened.epoch === epoch;
  }

  async retire(saleId: string, epoch: number): Promise<"retired" | "holds_left" | "gone"> {
    const sale = this.#sales.get(saleId);
    if (!sale || sale.epoch !== epoch) return "gone";
    if (sale.open && (sale.openings.get(epoch)?.holds.size ?? 0) > 0) return "holds_left";
    const was = sale.open;
    sale.retired = true;
    sale.open = false;
    return was ? "retired" : "gone";
  }

  async totals(saleId: string): Promise<{ epoch: number; totals: GateTotals } | null> {
    const sale = this.#sales.get(saleId);
    const opening = sale?.openings.get(sale.epoch);
    return sale && opening ? { epoch: sale.epoch, totals: opening.totals } : null;
  }

  async stock(saleId: string): Promise<ReadonlyMap<string, number> | null> {
    const sale = this.#sales.get(saleId);
    const stock = sale?.openings.get(sale.epoch)?.stock;
    return stock ? new Map(stock) : null;
  }

  async inspect(saleId: string): Promise<GateFacts | null> {
    const sale = this.#sales.get(saleId);
    const opening = sale?.openings.get(sale.epoch);
    if (!sale || !opening) return null;
    return {
      epoch: sale.epoch,
      open: sale.open,
      totals: opening.totals,
      stock: new Map(opening.stock),
      pool: new Set([...opening.stock].flatMap(([itemId, units]) => (units > 0 ? [itemId] : []))),
      holds: [...opening.holds.values()],
      buyers: new Map([...opening.buyers].filter(([, units]) => units !== 0)),
    };
  }

  async subscribe(listener: (event: SaleEvent) => void): Promise<() => void> {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #opened(saleId: string): Opened | Extract<Refusal, { kind: "gate_shut" }> {
    const sale = this.#sales.get(saleId);
    const opening = sale?.openings.get(sale.epoch);
    if (!sale?.open || !sale.terms || !opening || !this.#leases.has(`${saleId} ${sale.epoch}`))
      return { kind: "gate_shut" };
    return { kind: "opened", epoch: sale.epoch, opening, terms: sale.terms };
  }

  #openingOf(saleId: string, epoch: number): MemoryOpening | undefined {
    return this.#sales.get(saleId)?.openings.get(epoch);
  }

  #publish(event: SaleEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}
