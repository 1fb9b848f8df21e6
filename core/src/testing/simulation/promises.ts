import type { Hold, Verdict } from "../../domain/checkout.ts";
import type { Line } from "../../domain/lines.ts";
import { insist } from "./violation.ts";

/** A verdict as the ledger wrote it, with what was true in the ledger at that moment. */
export interface Decision {
  readonly checkoutId: string;
  readonly verdict: Verdict;
  readonly lines: readonly Line[];
  /** By the ledger's clock. */
  readonly nowMs: number;
  readonly settleUntilMs: number;
}

/** Who may be told what of one checkout: everything that gates did with it and clients heard of it. */
interface Promised {
  readonly request: Pick<Hold, "checkoutId" | "userId" | "key" | "fingerprint"> & { readonly saleId: string };
  /** The most that any gate held for it, by item. */
  readonly taken: Map<string, number>;
  /** Whether any gate took it as submitted. */
  submitted: boolean;
  /** What a client was told with 202; null while none was. */
  acknowledged: { lines: readonly Line[]; purchased: boolean; deadlineMs: number } | null;
  /** Redis data of it was destroyed, or a demoted primary had a hand in it. */
  excused: boolean;
  /** What the present primary made of it after that: once acknowledged, a promise like any other. */
  renewed: Hold | null;
  /** Whether it was ever excused. */
  wasExcused: boolean;
  cancelled: boolean;
  decision: Decision | null;
  told: { readonly verdict: string; readonly at: number } | null;
}

/**
 * The history checker: what was promised to clients, against what became of it. Invariants 5 (one verdict that never
 * changes), 6 (nothing confirmed that nobody attempted), 7 (a key's checkout) and 8 (an honest 202). Knows nothing of
 * how the system works; `at` counts the steps of the run.
 */
export class Promises {
  readonly #promised = new Map<string, Promised>();
  readonly #byKey = new Map<string, Promised[]>();

  attempted(request: Promised["request"]): void {
    if (this.#promised.has(request.checkoutId)) return;
    this.#promised.set(request.checkoutId, {
      request,
      taken: new Map(),
      submitted: false,
      acknowledged: null,
      excused: false,
      renewed: null,
      wasExcused: false,
      cancelled: false,
      decision: null,
      told: null,
    });
  }

  /** A gate took a new hold; `demoted`: it was no primary any more, or one that nobody has recovered since. */
  took(hold: Hold, demoted: boolean): void {
    const promised = this.#of(hold.checkoutId);
    this.held(hold, demoted);
    if (hold.key === "") return;
    const name = `${promised.request.saleId}|${hold.userId}|${hold.key}`;
    const owners = this.#byKey.get(name) ?? [];
    this.#byKey.set(name, owners);
    for (const owner of demoted ? [] : owners) {
      const gone = owner.excused || owner.decision?.verdict.state === "rejected";
      insist(7, gone, () => `key ${name} made ${hold.checkoutId} beside ${owner.request.checkoutId}`);
    }
    owners.push(promised);
  }

  /** A gate changed a hold: more lines, or submitted. */
  held(hold: Hold, demoted: boolean): void {
    const promised = this.#of(hold.checkoutId);
    const { taken } = promised;
    for (const { itemId, quantity } of hold.lines) taken.set(itemId, Math.max(taken.get(itemId) ?? 0, quantity));
    if (hold.mode === "submitted") promised.submitted = true;
    if (demoted) promised.excused = promised.wasExcused = true;
    promised.renewed = demoted ? null : hold;
  }

  /** A gate answered a used key with this checkout. */
  replayed(checkoutId: string, userId: string, fingerprint: string): void {
    const { request } = this.#of(checkoutId);
    const same = request.userId === userId && request.fingerprint === fingerprint;
    insist(7, same, () => `${checkoutId} was handed out for another request`);
  }

  /** Redis data of this checkout was destroyed. Answers whether that is news. */
  destroyed(checkoutId: string): boolean {
    const promised = this.#of(checkoutId);
    const fresh = !promised.excused;
    promised.excused = promised.wasExcused = true;
    promised.renewed = null;
    return fresh;
  }

  /** A client asked for this checkout to be cancelled. */
  cancelled(checkoutId: string): void {
    this.#of(checkoutId).cancelled = true;
  }

  /** A client got its 202. `hold` is what it was told; null where a replay could not say. */
  acknowledged(checkoutId: string, hold: Hold | null): void {
    const promised = this.#of(checkoutId);
    // An answer that was long on its way: what it says was destroyed before the present primary renewed the promise.
    if (hold && promised.wasExcused && promised.renewed && isBeyond(promised.renewed, hold)) return;
    const isRenewed = hold !== null && promised.excused && covers(promised.renewed?.lines ?? [], hold.lines);
    if (isRenewed && !promised.decision) promised.excused = false;
    const nothing = { lines: [], purchased: false, deadlineMs: 0 };
    const before = isRenewed ? nothing : (promised.acknowledged ?? nothing);
    promised.acknowledged = {
      lines: hold && covers(hold.lines, before.lines) ? hold.lines : before.lines,
      purchased: before.purchased || hold?.mode === "submitted",
      deadlineMs: hold?.mode === "cart" ? hold.deadlineMs : before.deadlineMs,
    };
    if (promised.decision) this.#keep(promised, promised.decision);
  }

  /** The ledger wrote a verdict. */
  decided(decision: Decision): void {
    const promised = this.#of(decision.checkoutId);
    const { checkoutId, verdict } = decision;
    const earlier = promised.decision && word(promised.decision.verdict);
    insist(5, earlier === null, () => `${checkoutId} was ${earlier}, is ${word(verdict)}`);
    promised.decision = decision;
    if (verdict.state === "confirmed") {
      insist(6, promised.submitted, () => `${checkoutId} was confirmed, but nobody purchased it`);
      const within = decision.lines.every(({ itemId, quantity }) => quantity <= (promised.taken.get(itemId) ?? 0));
      insist(6, within, () => `${checkoutId} got more than was asked for`);
    }
    if (verdict.state === "cancelled") insist(5, promised.cancelled, () => `nobody cancelled ${checkoutId}`);
    this.#keep(promised, decision);
  }

  /** A client was told a status: null while pending. `askedAt` and `at` in steps. */
  told(checkoutId: string, verdict: Verdict | null, askedAt: number, at: number): void {
    const promised = this.#of(checkoutId);
    const { told, decision } = promised;
    if (verdict === null) {
      insist(5, told === null || told.at >= askedAt, () => `${checkoutId} was ${told?.verdict}, reads pending`);
      return;
    }
    const now = word(verdict);
    insist(5, told === null || told.verdict === now, () => `${checkoutId} was ${told?.verdict}, reads ${now}`);
    insist(5, decision !== null && word(decision.verdict) === now, () => `${checkoutId} reads ${now}, which is not so`);
    promised.told = told ?? { verdict: now, at };
  }

  /** Purchases that were acknowledged and have no verdict yet. */
  *undecided(saleId: string): Iterable<{ readonly checkoutId: string; readonly excused: boolean }> {
    for (const [checkoutId, { request, acknowledged, decision, excused }] of this.#promised) {
      if (request.saleId === saleId && acknowledged?.purchased && !decision) yield { checkoutId, excused };
    }
  }

  /** Every checkout that a client has a 202 for, and its verdict as `state` or `rejected:<reason>`. */
  *acknowledgedVerdicts(): Iterable<readonly [checkoutId: string, verdict: string | null]> {
    for (const [checkoutId, { acknowledged, decision }] of this.#promised) {
      if (acknowledged) yield [checkoutId, decision && word(decision.verdict)];
    }
  }

  /** Invariant 8, whenever there is both a 202 and a verdict. */
  #keep({ acknowledged, excused }: Promised, { checkoutId, verdict, lines, nowMs, settleUntilMs }: Decision): void {
    if (!acknowledged) return;
    if (verdict.state === "rejected") {
      insist(8, verdict.reason === "gate_lost", () => `${checkoutId} had its 202 and was rejected: ${verdict.reason}`);
    }
    if (excused) return;
    insist(8, verdict.state !== "rejected", () => `${checkoutId} is gate_lost, but nothing of it was destroyed`);
    if (verdict.state === "confirmed") {
      insist(8, covers(lines, acknowledged.lines), () => `${checkoutId} was promised more lines than it got`);
    }
    if (verdict.state === "expired") {
      const untilMs = acknowledged.purchased ? settleUntilMs : Math.min(acknowledged.deadlineMs, settleUntilMs);
      insist(8, nowMs >= untilMs, () => `${checkoutId} expired ${untilMs - nowMs} ms early`);
    }
  }

  #of(checkoutId: string): Promised {
    const promised = this.#promised.get(checkoutId);
    insist(6, promised !== undefined, () => `nobody attempted ${checkoutId}`);
    return promised as Promised;
  }
}

/** Whether a hold says more than another state of it: more lines, or that it was purchased. */
function isBeyond(state: Hold, hold: Hold): boolean {
  return !covers(state.lines, hold.lines) || (state.mode === "cart" && hold.mode === "submitted");
}

/** A verdict in one word. */
export function word(verdict: Verdict): string {
  return verdict.state === "rejected" ? `rejected:${verdict.reason}` : verdict.state;
}

/** Whether `whole` has at least the units of `part`, item by item. */
export function covers(whole: readonly Line[], part: readonly Line[]): boolean {
  return part.every(({ itemId, quantity }) => {
    let has = 0;
    for (const line of whole) if (line.itemId === itemId) has += line.quantity;
    return has >= quantity;
  });
}
