import type { Clock } from "../application/ports/clock.ts";
import type { CartStep, Gate, Pause, ReserveRequest, Survivors } from "../application/ports/gate.ts";
import type { SaleEvent, SaleFeed } from "../application/ports/sale-feed.ts";
import type { Hold, Judged } from "../domain/checkout.ts";
import type { GateFacts } from "../domain/gate-facts.ts";
import type { GateSnapshot } from "../domain/gate-snapshot.ts";
import type { Demand } from "../domain/lines.ts";
import type { CartReply, GateTotals, PurchaseReply, Refusal, ReserveReply } from "../domain/outcomes.ts";
import { addLines, lapse, type Opened, PAGE_GRACE_MS, purchase, reserve } from "./memory-admission.ts";
import { MemoryOpening } from "./memory-opening.ts";
import { leaseName, MemoryServer } from "./memory-server.ts";

/** The right to run the leased scripts of one opening, as a client read it. */
export interface MemoryLease {
  readonly saleId: string;
  readonly epoch: number;
}

type Shut = Extract<Refusal, { kind: "gate_shut" }>;

const SHUT: Shut = { kind: "gate_shut" };
const BACKOFF_MS_MAX = 60_000;

/**
 * The gate in memory: every call is one atomic step of a server whose life can be cut ({@link restart}) and whose clock
 * is the caller's. Keeps the same leases, epochs and answers as the real one, under the same contract.
 */
export class MemoryGate implements Gate, SaleFeed {
  readonly server = new MemoryServer();
  readonly #clock: Clock;
  readonly #backlogMax: number;
  readonly #listeners = new Set<(event: SaleEvent) => void>();

  constructor(clock: Clock, backlogMax = 100_000) {
    this.#clock = clock;
    this.#backlogMax = backlogMax;
  }

  /** The server dies and comes back with its data: every lease is gone. */
  restart(): void {
    this.server.restart();
  }

  /** Reads the lease of a sale's current opening, as a client does once and then keeps it. Null while the gate is shut. */
  lease(saleId: string): MemoryLease | null {
    const sale = this.server.sales.get(saleId);
    if (!sale?.open || sale.replid !== this.server.replid) return null;
    return { saleId, epoch: sale.epoch };
  }

  /** Runs a leased script: shut where the server does not know it, or where it is of another opening than meta's. */
  under<Reply>({ saleId, epoch }: MemoryLease, script: (opened: Opened) => Reply): Reply | Shut {
    if (!this.server.knows(leaseName(saleId, epoch))) return SHUT;
    const sale = this.server.sales.get(saleId);
    const opening = sale?.openings.get(epoch);
    if (!sale?.open || sale.epoch !== epoch || !sale.terms || !opening) return SHUT;
    return script({ epoch, opening, terms: sale.terms, nowMs: this.#clock.nowMs(), backlogMax: this.#backlogMax });
  }

  async reserve(request: ReserveRequest): Promise<ReserveReply> {
    return this.#admit(request.saleId, (opened) => reserve(opened, request));
  }

  async addLines(step: CartStep & { readonly demand: Demand }): Promise<CartReply> {
    return this.#admit(step.saleId, (opened) => addLines(opened, step));
  }

  async purchase(step: CartStep): Promise<PurchaseReply> {
    return this.#admit(step.saleId, (opened) => purchase(opened, step));
  }

  async read(saleId: string, epoch: number, checkoutIds: readonly string[]): Promise<Hold[]> {
    const holds = this.#openingOf(saleId, epoch)?.holds;
    return checkoutIds.flatMap((id) => holds?.get(id) ?? []);
  }

  async claimDue(saleId: string, epoch: number, limit: number): Promise<Hold[]> {
    const opening = this.#openingOf(saleId, epoch);
    if (!opening || !this.server.knows("claim-due")) return [];
    const nowMs = this.#clock.nowMs();
    const due = [...opening.dueAtMs].filter(([, atMs]) => atMs <= nowMs).sort((a, b) => a[1] - b[1]);
    return due.slice(0, limit).flatMap(([id]) => {
      const hold = opening.holds.get(id);
      if (!hold) return [];
      opening.dueAtMs.set(id, nowMs + Math.max(PAGE_GRACE_MS, Math.min(BACKOFF_MS_MAX, nowMs - hold.sinceMs)));
      return [hold];
    });
  }

  async some(saleId: string, epoch: number, limit: number): Promise<Hold[]> {
    return [...(this.#openingOf(saleId, epoch)?.holds.values() ?? [])].slice(0, limit);
  }

  async lapse(saleId: string, epoch: number, checkoutIds: readonly string[]): Promise<string[] | "gate_shut"> {
    const reply = this.under({ saleId, epoch }, (opened) => lapse(opened, checkoutIds));
    return Array.isArray(reply) ? reply : "gate_shut";
  }

  async finalise(saleId: string, epoch: number, judged: readonly Judged[]): Promise<"done" | "gate_shut"> {
    if (!this.server.knows("finalise")) return "gate_shut";
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
    const known = this.server.sales.get(saleId);
    const sale = known ?? { epoch: 0, open: false, retired: false, replid: "", terms: null, openings: new Map() };
    this.server.sales.set(saleId, sale);
    if (sale.epoch >= epoch) return "superseded";
    sale.epoch = epoch;
    sale.open = false;
    return {
      holds: [...(sale.openings.get(openEpoch)?.holds.values() ?? [])],
      incarnation: this.server.incarnation,
    };
  }

  async install(snapshot: GateSnapshot, incarnation: string): Promise<"installed" | "superseded"> {
    const { id, epoch } = snapshot.sale;
    const sale = this.server.sales.get(id);
    if (!sale || sale.epoch !== epoch || sale.retired || incarnation !== this.server.incarnation) return "superseded";
    sale.openings.clear();
    sale.openings.set(epoch, MemoryOpening.of(snapshot));
    sale.terms = snapshot.sale;
    sale.replid = this.server.replid;
    sale.open = true;
    for (const script of [leaseName(id, epoch), "claim-due", "finalise"]) this.server.load(script);
    this.#publish({ kind: "opened", saleId: id, epoch });
    return "installed";
  }

  async isOpen(saleId: string, epoch: number): Promise<boolean> {
    return this.admits(saleId, epoch);
  }

  /** What {@link isOpen} answers, at once. */
  admits(saleId: string, epoch: number): boolean {
    return this.lease(saleId)?.epoch === epoch && this.server.knows(leaseName(saleId, epoch));
  }

  async tellPaused(saleId: string, epoch: number, pause: Pause): Promise<"told" | "gate_shut"> {
    const reply = this.under({ saleId, epoch }, ({ terms }) => {
      const sale = this.server.sales.get(saleId);
      const { paused, pauseVersion } = pause;
      if (sale && pauseVersion > terms.pauseVersion) sale.terms = { ...terms, paused, pauseVersion };
      return "told" as const;
    });
    return reply === "told" ? reply : "gate_shut";
  }

  async retire(saleId: string, epoch: number): Promise<"retired" | "holds_left" | "gone"> {
    this.server.load("finalise");
    const sale = this.server.sales.get(saleId);
    if (!sale || sale.epoch !== epoch) return "gone";
    if (sale.open && (sale.openings.get(epoch)?.holds.size ?? 0) > 0) return "holds_left";
    const was = sale.open;
    sale.retired = true;
    sale.open = false;
    return was ? "retired" : "gone";
  }

  async totals(saleId: string): Promise<{ epoch: number; totals: GateTotals } | null> {
    const facts = this.facts(saleId);
    return facts && { epoch: facts.epoch, totals: facts.totals };
  }

  async stock(saleId: string): Promise<ReadonlyMap<string, number> | null> {
    return this.facts(saleId)?.stock ?? null;
  }

  async inspect(saleId: string): Promise<GateFacts | null> {
    return this.facts(saleId);
  }

  /** What {@link inspect} answers, at once. */
  facts(saleId: string): GateFacts | null {
    const sale = this.server.sales.get(saleId);
    const opening = sale?.openings.get(sale.epoch);
    if (!sale || !opening) return null;
    return {
      epoch: sale.epoch,
      open: sale.open,
      oneInstant: true,
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

  #admit<Reply>(saleId: string, script: (opened: Opened) => Reply): Reply | Shut {
    const lease = this.lease(saleId);
    return lease ? this.under(lease, script) : SHUT;
  }

  #openingOf(saleId: string, epoch: number): MemoryOpening | undefined {
    return this.server.sales.get(saleId)?.openings.get(epoch);
  }

  #publish(event: SaleEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}
