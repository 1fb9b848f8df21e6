import { expect } from "vitest";
import type { Ledger, SettleReply, Tomb, TombGuard } from "../application/ports/ledger.ts";
import { audit } from "../domain/audit.ts";
import type { CheckoutRecord, Hold, Judged, Verdict } from "../domain/checkout.ts";
import type { GateSnapshot } from "../domain/gate-snapshot.ts";
import type { Line } from "../domain/lines.ts";
import type { AttemptRecording, SalePlan } from "../domain/sale.ts";

/** A ledger under test. */
export interface LedgerHarness {
  readonly ledger: Ledger;
  /** The ledger's own time: nobody sets it, so the contract puts its windows around it. */
  readonly nowMs: () => Promise<number>;
  readonly dispose: () => Promise<void>;
}

export interface SaleTerms {
  readonly id?: string;
  /** Units by item id. */
  readonly stock?: Readonly<Record<string, number>>;
  readonly limit?: number;
  readonly attempts?: AttemptRecording;
  /** Relative to the ledger's now. Default: opened an hour ago, closes in one, settles for another one. */
  readonly opensInMs?: number;
  readonly closesInMs?: number;
  readonly settlesInMs?: number;
}

/** A window that lies behind, settle_until included. */
export const OVER = { opensInMs: -7_200_000, closesInMs: -3_600_000, settlesInMs: -60_000 } as const;

let serial = 0;

/** A checkout id that no other checkout of this run has; later ones sort after earlier ones. */
export function freshCheckoutId(): string {
  return `01900000-0000-7000-8000-${String(++serial).padStart(12, "0")}`;
}

export function lines(units: Readonly<Record<string, number>>): Line[] {
  return Object.entries(units).map(([itemId, quantity]) => ({ itemId, quantity }));
}

/** The sales of one test, on one ledger; {@link audit} checks them all. */
export class Scene {
  readonly ledger: Ledger;
  readonly nowMs: () => Promise<number>;
  readonly #sales: SaleOfScene[] = [];

  constructor(harness: LedgerHarness) {
    this.ledger = harness.ledger;
    this.nowMs = harness.nowMs;
  }

  /** A sale that was never opened. */
  async schedule(terms: SaleTerms = {}): Promise<SaleOfScene> {
    const nowMs = await this.nowMs();
    const plan: SalePlan = {
      id: terms.id ?? `x-${++serial}`,
      opensAtMs: nowMs + (terms.opensInMs ?? -3_600_000),
      closesAtMs: nowMs + (terms.closesInMs ?? 3_600_000),
      settleUntilMs: nowMs + (terms.settlesInMs ?? 7_200_000),
      limitPerUser: terms.limit ?? 3,
      attempts: terms.attempts,
    };
    const catalogue = Object.entries(terms.stock ?? { a: 1, b: 1, c: 5 }).map(([id, stock]) => {
      return { id, name: `Item ${id}`, imageUrl: `/images/${id}.svg`, priceMinor: 499, stock };
    });
    expect(await this.ledger.schedule(plan, catalogue)).toBe("scheduled");
    const sale = new SaleOfScene(this.ledger, plan);
    this.#sales.push(sale);
    return sale;
  }

  /** A sale that is open under epoch 1. */
  async open(terms: SaleTerms = {}): Promise<SaleOfScene> {
    const sale = await this.schedule(terms);
    await sale.recover();
    return sale;
  }

  /** Every counter is the sum of its rows, and no promise that the ledger keeps alone is broken. */
  async audit(): Promise<void> {
    for (const sale of this.#sales) {
      const facts = await this.ledger.facts(sale.id);
      if (sale.isRemoved) expect(facts).toBeNull();
      else expect(facts && audit(facts, null, true).violations).toEqual([]);
    }
  }
}

/** One sale and the moves of a test on it. */
export class SaleOfScene {
  readonly plan: SalePlan;
  readonly ledger: Ledger;
  epoch = 0;
  /** Taken out of the ledger: it has no books. */
  isRemoved = false;

  constructor(ledger: Ledger, plan: SalePlan) {
    this.ledger = ledger;
    this.plan = plan;
  }

  get id(): string {
    return this.plan.id;
  }

  /** A submitted hold of one unit of `c`, taken by the gate within the window by a user of its own. */
  hold(over: Partial<Hold> = {}): Hold {
    const checkoutId = freshCheckoutId();
    return {
      checkoutId,
      userId: `user-of-${checkoutId}`,
      mode: "submitted",
      lines: lines({ c: 1 }),
      key: "",
      fingerprint: "print",
      sinceMs: this.plan.opensAtMs + 1_000,
      deadlineMs: this.plan.settleUntilMs,
      ...over,
    };
  }

  holds(count: number, over: Partial<Hold> = {}): Hold[] {
    return Array.from({ length: count }, () => this.hold(over));
  }

  tomb(hold: Hold, verdict: Tomb["verdict"] = { state: "cancelled" }): Tomb {
    const { checkoutId, userId, lines, key, fingerprint, sinceMs, deadlineMs } = hold;
    return { checkoutId, userId, lines, key, fingerprint, epoch: 1, reservedAtMs: sinceMs, deadlineMs, verdict };
  }

  /** Recovers the gate: (a) and (c) at once. */
  async recover(survivors: readonly Hold[] = []): Promise<GateSnapshot> {
    await this.begin();
    const snapshot = await this.ledger.adopt(this.id, this.epoch, survivors);
    if (snapshot === "superseded") throw new Error("superseded");
    return snapshot;
  }

  /** Recovery (a) alone. */
  async begin(): Promise<void> {
    const begun = await this.ledger.beginRecovery(this.id, this.epoch);
    expect(begun).toMatchObject({ kind: "begun", epoch: this.epoch + 1 });
    this.epoch += 1;
  }

  settleAll(holds: readonly Hold[], epoch = this.epoch): Promise<Judged[] | "contested"> {
    return this.ledger.settleAll(this.id, epoch, holds);
  }

  settleOne(hold: Hold, epoch = this.epoch): Promise<SettleReply> {
    return this.ledger.settleOne(this.id, epoch, hold);
  }

  /** Settles one hold and tells its verdict in a word. */
  async verdict(hold: Hold, epoch = this.epoch): Promise<string> {
    const reply = await this.settleOne(hold, epoch);
    return reply.kind === "judged" ? wordOf(reply.judged.verdict) : reply.kind;
  }

  /** Settles holds as a page that must not be contested. */
  async confirm(...holds: Hold[]): Promise<Judged[]> {
    const judged = await this.settleAll(holds);
    if (judged === "contested") throw new Error("contested");
    return judged;
  }

  entomb(tombs: readonly Tomb[], guard: TombGuard = { kind: "none" }): Promise<Judged[]> {
    return this.ledger.entomb(this.id, tombs, guard);
  }

  /** Begins to take a sealed sale out of the ledger. */
  async remove(): Promise<void> {
    expect(await this.ledger.beginRemoval(this.id)).toBe(true);
    this.isRemoved = true;
  }

  async record(hold: Hold): Promise<CheckoutRecord | null> {
    const [record] = await this.ledger.records(this.id, [hold.checkoutId]);
    return record ?? null;
  }

  /** What stands in a hold's row, in a word; `absent` without a row. */
  async standing(hold: Hold): Promise<string> {
    const record = await this.record(hold);
    if (!record) return "absent";
    return record.status.state === "held" ? "held" : wordOf(record.status);
  }

  async counters(): Promise<{ readonly sold: number; readonly held: number }> {
    const sale = await this.ledger.find(this.id);
    return { sold: sale?.itemsSold ?? -1, held: sale?.itemsHeld ?? -1 };
  }
}

/** A verdict in a word: the reason of a rejection, else the state. */
export function wordOf(verdict: Verdict): string {
  return verdict.state === "rejected" ? verdict.reason : verdict.state;
}

/** Verdicts in words by checkout id. */
export function wordsOf(judged: readonly Judged[]): Record<string, string> {
  return Object.fromEntries(judged.map(({ checkoutId, verdict }) => [checkoutId, wordOf(verdict)]));
}
