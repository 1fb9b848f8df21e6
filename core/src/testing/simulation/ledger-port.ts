import type { DeadLetterQuery, SettleFailure } from "../../application/ports/dead-letter-ledger.ts";
import type {
  AttemptQuery,
  Ledger,
  RefusedAttempt,
  SaleFilter,
  Tomb,
  TombGuard,
} from "../../application/ports/ledger.ts";
import type { RemovalTerms } from "../../application/ports/removal-ledger.ts";
import type { Hold } from "../../domain/checkout.ts";
import type { CatalogueEntry } from "../../domain/item.ts";
import type { SalePlan } from "../../domain/sale.ts";
import type { MemoryLedger } from "../memory-ledger.ts";
import { type Actor, Outage } from "./actor.ts";

const READS: ReadonlySet<string> = new Set([
  "find",
  "list",
  "items",
  "records",
  "status",
  "facts",
  "order",
  "orders",
  "saleOf",
  "attempts",
  "deadAmong",
  "deadLetters",
  "countDeadLetters",
  "failureOf",
  "oldestSealed",
]);

/** The ledger as one actor reaches it: every transaction is a call that the schedule decides about. */
export class LedgerPort implements Ledger {
  readonly #actor: Actor;
  readonly #ledger: MemoryLedger;
  /** Items of a sale that are put on offer: a generated catalogue is far larger than a run can use. */
  readonly #itemsMax: number;
  readonly #poisoned: ReadonlySet<string>;

  constructor(actor: Actor, ledger: MemoryLedger, limits: { itemsMax: number; poisoned: ReadonlySet<string> }) {
    this.#actor = actor;
    this.#ledger = ledger;
    this.#itemsMax = limits.itemsMax;
    this.#poisoned = limits.poisoned;
  }

  schedule(plan: SalePlan, catalogue: readonly CatalogueEntry[]) {
    return this.#call("schedule", plan.id, () => this.#ledger.schedule(plan, catalogue.slice(0, this.#itemsMax)));
  }

  scheduleApart(plan: SalePlan, catalogue: readonly CatalogueEntry[]) {
    return this.#call("scheduleApart", plan.id, () =>
      this.#ledger.scheduleApart(plan, catalogue.slice(0, this.#itemsMax)),
    );
  }

  find(saleId: string) {
    return this.#call("find", saleId, () => this.#ledger.find(saleId));
  }

  list(filter: SaleFilter) {
    return this.#call("list", "", () => this.#ledger.list(filter));
  }

  items(saleId: string) {
    return this.#call("items", saleId, () => this.#ledger.items(saleId));
  }

  beginRecovery(saleId: string, seenEpoch: number) {
    return this.#call("beginRecovery", saleId, () => this.#ledger.beginRecovery(saleId, seenEpoch));
  }

  adopt(saleId: string, epoch: number, survivors: readonly Hold[]) {
    return this.#call("adopt", saleId, () => this.#ledger.adopt(saleId, epoch, survivors));
  }

  setPaused(saleId: string, paused: boolean) {
    return this.#call("setPaused", saleId, () => this.#ledger.setPaused(saleId, paused));
  }

  close(saleId: string) {
    return this.#call("close", saleId, () => this.#ledger.close(saleId));
  }

  settleAll(saleId: string, epoch: number, holds: readonly Hold[]) {
    return this.#call("settleAll", saleId, async () => {
      const isPoisoned = holds.some((hold) => this.#poisoned.has(hold.checkoutId));
      return isPoisoned ? "contested" : this.#ledger.settleAll(saleId, epoch, holds);
    });
  }

  settleOne(saleId: string, epoch: number, hold: Hold) {
    return this.#call("settleOne", saleId, async () => {
      if (this.#poisoned.has(hold.checkoutId)) return { kind: "failed" as const, error: new Error("poison") };
      return this.#ledger.settleOne(saleId, epoch, hold);
    });
  }

  entomb(saleId: string, tombs: readonly Tomb[], guard: TombGuard) {
    return this.#call("entomb", saleId, () => this.#ledger.entomb(saleId, tombs, guard));
  }

  records(saleId: string, checkoutIds: readonly string[]) {
    return this.#call("records", saleId, () => this.#ledger.records(saleId, checkoutIds));
  }

  status(saleId: string, checkoutId: string) {
    return this.#call("status", saleId, () => this.#ledger.status(saleId, checkoutId));
  }

  facts(saleId: string) {
    return this.#call("facts", saleId, () => this.#ledger.facts(saleId));
  }

  order(userId: string, orderId: string) {
    return this.#call("order", "", () => this.#ledger.order(userId, orderId));
  }

  orders(userId: string, page: { readonly before: string | null; readonly limit: number }) {
    return this.#call("orders", "", () => this.#ledger.orders(userId, page));
  }

  recordRefused(attempts: readonly RefusedAttempt[]) {
    return this.#call("recordRefused", "", () => this.#ledger.recordRefused(attempts));
  }

  saleOf(checkoutId: string) {
    return this.#call("saleOf", "", () => this.#ledger.saleOf(checkoutId));
  }

  attempts(query: AttemptQuery) {
    return this.#call("attempts", query.saleId, () => this.#ledger.attempts(query));
  }

  recordFailure(failure: SettleFailure) {
    return this.#call("recordFailure", failure.saleId, () => this.#ledger.recordFailure(failure));
  }

  deadAmong(saleId: string, checkoutIds: readonly string[]) {
    return this.#call("deadAmong", saleId, () => this.#ledger.deadAmong(saleId, checkoutIds));
  }

  revive(saleId: string, checkoutIds: readonly string[]) {
    return this.#call("revive", saleId, () => this.#ledger.revive(saleId, checkoutIds));
  }

  deadLetters(query: DeadLetterQuery) {
    return this.#call("deadLetters", "", () => this.#ledger.deadLetters(query));
  }

  countDeadLetters() {
    return this.#call("countDeadLetters", "", () => this.#ledger.countDeadLetters());
  }

  failureOf(checkoutId: string) {
    return this.#call("failureOf", "", () => this.#ledger.failureOf(checkoutId));
  }

  oldestSealed(agoMs: number) {
    return this.#call("oldestSealed", "", () => this.#ledger.oldestSealed(agoMs));
  }

  beginRemoval(saleId: string) {
    return this.#call("beginRemoval", saleId, () => this.#ledger.beginRemoval(saleId));
  }

  removeRows(terms: RemovalTerms) {
    return this.#call("removeRows", "", () => this.#ledger.removeRows(terms));
  }

  #call<Reply>(method: string, saleId: string, happen: () => Promise<Reply>): Promise<Reply> {
    return this.#actor.park<Reply>({
      service: "ledger",
      method,
      saleId,
      writes: !READS.has(method),
      happen,
      fail: () => {
        throw new Outage(method);
      },
    });
  }
}
