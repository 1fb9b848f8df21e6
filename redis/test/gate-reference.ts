import type {
  CartReply,
  CartStep,
  Demand,
  GateFacts,
  GateSnapshot,
  GateTotals,
  Hold,
  Judged,
  Line,
  PurchaseReply,
  Refusal,
  ReserveReply,
  ReserveRequest,
} from "@flashgate/core";

/** The server's time when a command was sent and when its answer was there: the gate acted at some moment between. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** What a gate says of a cart's deadline and of the next look at a hold: the protocol's numbers, said again. */
const CART_MS = 120_000;
const GRACE_MS = 2_000;
const BACKOFF_MS_MAX = 60_000;

interface Opening {
  readonly totals: { available: number; held: number; sold: number };
  readonly stock: Map<string, number>;
  readonly holds: Map<string, Hold>;
  /** When each hold wants its next look; as exact as the moment is known at which that was decided. */
  readonly due: Map<string, Span>;
  readonly units: Map<string, number>;
  readonly keys: Map<string, { readonly checkoutId: string; readonly fingerprint: string }>;
}

/**
 * What the gate of one sale should answer, written after the protocol's text and after nothing that runs: numbers and
 * rules in the order of their paragraphs. Where a gate is free (its moment within the span, the items that serve "any")
 * the reference follows the answer that it is shown, once it is a legal one.
 */
export class GateReference {
  epoch: number | null = null;
  open = false;
  retired = false;
  /** Whether the server knows this opening's scripts. */
  leased = false;
  terms: GateSnapshot["sale"] | null = null;
  opening: (Opening & { readonly epoch: number }) | null = null;
  readonly #backlogMax: number;

  constructor(backlogMax: number) {
    this.#backlogMax = backlogMax;
  }

  reserve(request: ReserveRequest, seen: ReserveReply, span: Span): ReserveReply {
    const gate = this.#admitting();
    if (!gate) return { kind: "gate_shut" };
    const { checkoutId, userId, mode, demand, key, fingerprint } = request;
    const known = key === "" ? undefined : gate.keys.get(JSON.stringify([userId, key]));
    if (known) {
      if (known.fingerprint !== fingerprint) return { kind: "key_reused" };
      const hold = gate.holds.get(known.checkoutId) ?? null;
      return { kind: "replayed", epoch: gate.epoch, checkoutId: known.checkoutId, hold };
    }
    const closed = this.#closed(gate.terms, span);
    if (closed) return closed;
    if (gate.holds.size >= this.#backlogMax) return { kind: "backlog_full" };
    const refusal = refusalOf(gate, userId, demand, gate.terms.limitPerUser);
    if (refusal) return refusal;

    const sinceMs = momentOf(seen, span);
    const settleMs = gate.terms.settleUntilMs;
    const deadlineMs = mode === "cart" ? Math.min(sinceMs + CART_MS, settleMs) : settleMs;
    const lines = take(gate, userId, demand, linesSeen(seen, []));
    const hold: Hold = { checkoutId, userId, mode, lines, key, fingerprint, sinceMs, deadlineMs };
    gate.holds.set(checkoutId, hold);
    gate.due.set(checkoutId, at(mode === "cart" ? deadlineMs : sinceMs + GRACE_MS));
    if (key !== "") gate.keys.set(JSON.stringify([userId, key]), { checkoutId, fingerprint });
    return { kind: "held", epoch: gate.epoch, hold, totals: { ...gate.totals } };
  }

  addLines(step: CartStep & { readonly demand: Demand }, seen: CartReply, span: Span): CartReply {
    const gate = this.#admitting();
    if (!gate) return { kind: "gate_shut" };
    const hold = gate.holds.get(step.checkoutId);
    if (hold?.userId !== step.userId) return { kind: "not_found" };
    if (hold.mode === "lapsed" || hold.deadlineMs <= span.fromMs) return { kind: "expired" };
    if (hold.mode === "submitted") return { kind: "not_a_cart" };
    const refusal =
      this.#closed(gate.terms, span) ?? refusalOf(gate, step.userId, step.demand, gate.terms.limitPerUser);
    if (refusal) return refusal;
    const added = take(gate, step.userId, step.demand, linesSeen(seen, hold.lines));
    const grown = { ...hold, lines: sum([...hold.lines, ...added]) };
    gate.holds.set(hold.checkoutId, grown);
    return { kind: "held", epoch: gate.epoch, hold: grown, totals: { ...gate.totals } };
  }

  purchase(step: CartStep, span: Span): PurchaseReply {
    const gate = this.#admitting();
    if (!gate) return { kind: "gate_shut" };
    const hold = gate.holds.get(step.checkoutId);
    if (hold?.userId !== step.userId) return { kind: "not_found" };
    if (hold.mode === "submitted") return { kind: "submitted", epoch: gate.epoch, hold, again: true };
    if (hold.mode === "lapsed" || hold.deadlineMs <= span.fromMs) return { kind: "expired" };
    const bought: Hold = { ...hold, mode: "submitted", deadlineMs: gate.terms.settleUntilMs };
    gate.holds.set(hold.checkoutId, bought);
    gate.due.set(hold.checkoutId, { fromMs: span.fromMs + GRACE_MS, toMs: span.toMs + GRACE_MS });
    return { kind: "submitted", epoch: gate.epoch, hold: bought, again: false };
  }

  lapse(epoch: number, checkoutIds: readonly string[], span: Span): string[] | "gate_shut" {
    const gate = this.#admitting();
    if (gate?.epoch !== epoch) return "gate_shut";
    return checkoutIds.filter((checkoutId) => {
      const hold = gate.holds.get(checkoutId);
      if (hold?.mode === "cart" && hold.deadlineMs <= span.fromMs) {
        gate.holds.set(checkoutId, { ...hold, mode: "lapsed" });
        return true;
      }
      return hold?.mode === "lapsed";
    });
  }

  finalise(epoch: number, judged: readonly Judged[]): void {
    const gate = this.#of(epoch);
    for (const { checkoutId, verdict } of judged) {
      const hold = gate?.holds.get(checkoutId);
      if (!gate || !hold) continue;
      const units = unitsIn(hold.lines);
      gate.holds.delete(checkoutId);
      gate.due.delete(checkoutId);
      gate.totals.held -= units;
      if (verdict.state === "confirmed") {
        gate.totals.sold += units;
        continue;
      }
      gate.totals.available += units;
      raise(gate.units, hold.userId, -units);
      for (const { itemId, quantity } of hold.lines) raise(gate.stock, itemId, quantity);
    }
  }

  read(epoch: number, checkoutIds: readonly string[]): Hold[] {
    return checkoutIds.flatMap((checkoutId) => this.#of(epoch)?.holds.get(checkoutId) ?? []);
  }

  /** The due holds, longest due first; null where the span leaves open which these are. Those in `seen` are claimed. */
  claimDue(epoch: number, limit: number, seen: readonly Hold[], span: Span): Hold[] | null {
    const gate = this.#of(epoch);
    if (!gate) return [];
    const inOrder = [...gate.due].sort(
      ([id, due], [otherId, other]) => due.fromMs - other.fromMs || compare(id, otherId),
    );
    const surely = inOrder.filter(([, due]) => due.toMs <= span.fromMs);
    const maybe = inOrder.filter(([, due]) => due.fromMs <= span.toMs);
    const exact = surely.length === maybe.length && surely.every(([, due]) => due.fromMs === due.toMs);
    const found = exact ? surely.slice(0, limit).flatMap(([id]) => gate.holds.get(id) ?? []) : null;
    for (const { checkoutId, sinceMs } of found ?? seen) {
      const [fromMs, toMs] = [span.fromMs, span.toMs].map((nowMs) => nowMs + backoffMs(nowMs - sinceMs));
      gate.due.set(checkoutId, { fromMs: fromMs ?? 0, toMs: toMs ?? 0 });
    }
    return found;
  }

  shut(epoch: number, openEpoch: number): Hold[] | "superseded" {
    if (this.epoch !== null && this.epoch >= epoch) return "superseded";
    this.epoch = epoch;
    this.open = false;
    return [...(this.#of(openEpoch)?.holds.values() ?? [])];
  }

  install(snapshot: GateSnapshot, sameLife: boolean): "installed" | "superseded" {
    if (this.epoch !== snapshot.sale.epoch || this.retired || !sameLife) return "superseded";
    const { totals, stock, holds, buyers, keys } = snapshot;
    this.opening = {
      epoch: snapshot.sale.epoch,
      totals: { ...totals },
      stock: new Map(stock),
      holds: new Map(holds.map((hold) => [hold.checkoutId, hold])),
      due: new Map(
        holds.map((hold) => [hold.checkoutId, at(hold.mode === "submitted" ? hold.sinceMs : hold.deadlineMs)]),
      ),
      units: new Map(buyers),
      keys: new Map(keys.map((entry) => [JSON.stringify([entry.userId, entry.key]), entry])),
    };
    this.terms = snapshot.sale;
    this.open = true;
    this.leased = true;
    return "installed";
  }

  retire(epoch: number): "retired" | "holds_left" | "gone" {
    if (this.epoch !== epoch) return "gone";
    if (this.open && (this.opening?.holds.size ?? 0) > 0) return "holds_left";
    const was = this.open;
    this.retired = true;
    this.open = false;
    return was ? "retired" : "gone";
  }

  isOpen(epoch: number): boolean {
    return this.#admitting()?.epoch === epoch;
  }

  facts(): GateFacts | null {
    const gate = this.epoch === null ? null : this.#of(this.epoch);
    if (!gate) return null;
    return {
      epoch: gate.epoch,
      open: this.open,
      oneInstant: true,
      totals: { ...gate.totals },
      stock: new Map(gate.stock),
      pool: new Set([...gate.stock].flatMap(([itemId, units]) => (units > 0 ? [itemId] : []))),
      holds: [...gate.holds.values()],
      buyers: new Map([...gate.units].filter(([, units]) => units !== 0)),
    };
  }

  #of(epoch: number): (Opening & { readonly epoch: number }) | null {
    return this.opening?.epoch === epoch ? this.opening : null;
  }

  #admitting(): (Opening & { readonly epoch: number; readonly terms: GateSnapshot["sale"] }) | null {
    const gate = this.epoch === null ? null : this.#of(this.epoch);
    return gate && this.terms && this.open && this.leased ? { ...gate, terms: this.terms } : null;
  }

  #closed({ paused, opensAtMs, closesAtMs }: GateSnapshot["sale"], { fromMs }: Span): Refusal | null {
    if (paused) return { kind: "sale_paused" };
    if (fromMs < opensAtMs) return { kind: "sale_not_open" };
    return fromMs >= closesAtMs ? { kind: "sale_closed" } : null;
  }
}

/** Why the demand cannot be met: the units, then each item in the order in which it is first named, then the limit. */
function refusalOf(gate: Opening, userId: string, { lines, any }: Demand, limit: number): Refusal | null {
  const named = [...new Set(lines.map((line) => line.itemId))];
  const wanted = new Map(sum(lines).map(({ itemId, quantity }) => [itemId, quantity]));
  const unknown = named.find((itemId) => !gate.stock.has(itemId));
  if (unknown !== undefined) return { kind: "unknown_item", itemId: unknown };
  const units = unitsIn(lines) + any;
  if (gate.totals.available < units) return { kind: "sold_out" };
  const taken = named.find((itemId) => (gate.stock.get(itemId) ?? 0) < (wanted.get(itemId) ?? 0));
  if (taken !== undefined) return { kind: "item_taken", itemId: taken };
  const bought = gate.units.get(userId) ?? 0;
  return bought + units > limit ? { kind: "user_limit", unitsLeft: limit - bought } : null;
}

/**
 * Takes a demand that can be met off the stock. Which items serve "any" is the gate's choice, shown by `seen`: legal are
 * as many units as asked for, of what is left, and no second unit of an item while another has one to give.
 */
function take(gate: Opening, userId: string, { lines, any }: Demand, seen: readonly Line[]): Line[] {
  const chosen = new Map(seen.map(({ itemId, quantity }) => [itemId, quantity]));
  for (const { itemId, quantity } of sum(lines)) raise(chosen, itemId, -quantity);
  const left = new Map(gate.stock);
  for (const { itemId, quantity } of lines) raise(left, itemId, -quantity);
  const served = [...chosen].filter(([, units]) => units !== 0);
  const able = [...left].filter(([, units]) => units > 0);
  const legal =
    served.every(([itemId, units]) => units > 0 && units <= (left.get(itemId) ?? 0)) &&
    served.reduce((units, [, quantity]) => units + quantity, 0) === any &&
    served.length === Math.min(any, able.length);
  if (!legal) throw new Error(`${JSON.stringify(seen)} is no way to serve ${JSON.stringify({ lines, any })}`);
  const taken = sum([...lines, ...served.map(([itemId, quantity]) => ({ itemId, quantity }))]);
  for (const { itemId, quantity } of taken) raise(gate.stock, itemId, -quantity);
  const units = unitsIn(taken);
  raise(gate.units, userId, units);
  gate.totals.available -= units;
  gate.totals.held += units;
  return taken;
}

/** What the gate says it took, beside what the hold had. */
function linesSeen(seen: ReserveReply | CartReply, before: readonly Line[]): Line[] {
  if (seen.kind !== "held") return [];
  const units = new Map(seen.hold.lines.map(({ itemId, quantity }) => [itemId, quantity]));
  for (const { itemId, quantity } of before) raise(units, itemId, -quantity);
  return [...units].flatMap(([itemId, quantity]) => (quantity === 0 ? [] : [{ itemId, quantity }]));
}

function momentOf(seen: ReserveReply, { fromMs, toMs }: Span): number {
  const sinceMs = seen.kind === "held" ? seen.hold.sinceMs : fromMs;
  return Math.min(Math.max(sinceMs, fromMs), toMs);
}

function backoffMs(ageMs: number): number {
  return Math.max(GRACE_MS, Math.min(BACKOFF_MS_MAX, ageMs));
}

function at(ms: number): Span {
  return { fromMs: ms, toMs: ms };
}

function sum(lines: readonly Line[]): Line[] {
  const units = new Map<string, number>();
  for (const { itemId, quantity } of lines) raise(units, itemId, quantity);
  return [...units].map(([itemId, quantity]) => ({ itemId, quantity })).sort((a, b) => compare(a.itemId, b.itemId));
}

function unitsIn(lines: readonly Line[]): number {
  return lines.reduce((units, line) => units + line.quantity, 0);
}

function raise(counts: Map<string, number>, name: string, by: number): void {
  counts.set(name, (counts.get(name) ?? 0) + by);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** What is wrong with a gate at that instant, by invariant 3 and nothing else; empty where it holds. */
export function unsound({ totals, stock, pool, holds, buyers }: GateFacts, totalUnits: number): string[] {
  const { available, held, sold }: GateTotals = totals;
  const heldBy = new Map<string, number>();
  for (const hold of holds) raise(heldBy, hold.userId, unitsIn(hold.lines));
  const promises: Record<string, boolean> = {
    "available + held + sold is the total": available + held + sold === totalUnits,
    "the holds add up to held": unitsIn(holds.flatMap((hold) => hold.lines)) === held,
    "the stock adds up to available": [...stock.values()].reduce((units, left) => units + left, 0) === available,
    "nothing is negative": [available, held, sold, ...stock.values(), ...buyers.values()].every((units) => units >= 0),
    "the pool is what has stock": [...stock].every(([itemId, units]) => pool.has(itemId) === units > 0),
    "a buyer has at least what is held": [...heldBy].every(([userId, units]) => units <= (buyers.get(userId) ?? 0)),
    "the buyers have what is held and sold": [...buyers.values()].reduce((a, b) => a + b, 0) === held + sold,
  };
  return Object.entries(promises).flatMap(([promise, kept]) => (kept ? [] : [promise]));
}
