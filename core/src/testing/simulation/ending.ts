import { type AuditReport, audit } from "../../domain/audit.ts";
import { CART_MS } from "../../domain/checkout.ts";
import type { Ticket } from "../../domain/ticket.ts";
import type { Shoppers } from "./shoppers.ts";
import { close, recover, sweep, tendAll, work } from "./staff.ts";
import { insist } from "./violation.ts";
import type { World } from "./world.ts";

/** Attempts at each of the repairs below: more are not needed when nothing goes wrong any more. */
const TRIES_MAX = 8;
/** Past every backoff of the sweep. */
const BACKOFF_MS = 61_000;

/**
 * The end of a run: every fault stops, the system heals itself, sells what is left on some runs, closes its sales, and
 * then everything must add up: the invariants that hold at rest (4, 5, 9) and the audit of the product itself.
 */
export class Ending {
  readonly #world: World;
  readonly #shoppers: Shoppers;

  constructor(world: World, shoppers: Shoppers) {
    this.#world = world;
    this.#shoppers = shoppers;
  }

  async run(): Promise<void> {
    const world = this.#world;
    const { random } = world;
    world.note(() => "calm");
    world.isCalm = true;
    world.cluster.zombie = null;
    world.poisoned.clear();
    // One that was turned back for longer than clocks are apart is set right again.
    if (world.temper.nostalgia > 0) world.cluster.setClock();
    for (const process of world.processes) process.connect(world.cluster.primary);
    while (world.actors.length > 0) await world.deliver(random.pick(world.actors), "happen");
    for (let orphan = random.draw(world.orphans); orphan; orphan = random.draw(world.orphans)) {
      if (random.chance(0.5)) await world.arrive(orphan);
    }
    await this.#heal();
    await this.#finish(tendAll(world));
    await this.#drain();
    const draw = random.next();
    if (draw < 0.3) await this.#sellOut();
    else if (draw < 0.85) await this.#allDecided();
    await this.#closeAll();
    for (const saleId of world.saleIds) await this.#atRest(saleId);
    await this.#allTold();
  }

  async #heal(): Promise<void> {
    const world = this.#world;
    for (const saleId of world.saleIds) {
      for (let tries = 0; tries < TRIES_MAX && !(await this.#isOpen(saleId)); tries += 1) {
        await this.#finish(recover(world, saleId, false));
      }
    }
  }

  async #isOpen(saleId: string): Promise<boolean> {
    const sale = this.#world.ledger.book(saleId)?.sale;
    if (sale?.state === "closed") return true;
    return sale?.state === "open" && this.#world.cluster.primary.isOpen(saleId, sale.openEpoch);
  }

  async #drain(): Promise<void> {
    const world = this.#world;
    for (const process of world.processes) {
      for (const page of process.flush()) world.queue.push({ page, deliveries: 0 });
    }
    for (let rounds = 0; rounds < 2; rounds += 1) {
      for (const saleId of world.saleIds) await this.#finish(sweep(world, saleId));
      for (let job = world.queue.shift(); job; job = world.queue.shift()) await this.#finish(work(world, job));
    }
  }

  /** Invariant 9: with enough demand everything is sold. */
  async #sellOut(): Promise<void> {
    const world = this.#world;
    for (const saleId of world.saleIds) {
      if (!(await this.#admits(saleId))) continue;
      await this.#endCarts(saleId);
      if (!(await this.#admits(saleId))) continue;
      await this.#settleHeld(saleId);
      const { totalUnits } = world.witness.sums(saleId);
      for (let fresh = 1; fresh <= totalUnits + 1; fresh += 1) {
        const userId = `fresh${fresh}`;
        const demand = { lines: [], any: 1 };
        await this.#finish(
          this.#shoppers.reserve({ saleId, userId, mode: "submitted", demand, key: "", fingerprint: "" }),
        );
      }
      await this.#settleHeld(saleId);
      const { confirmedUnits } = world.witness.sums(saleId);
      insist(9, confirmedUnits === totalUnits, () => `${saleId} sold ${confirmedUnits} of ${totalUnits}`);
      world.count("sold out");
    }
  }

  /** Carts expire by themselves where the window is long enough to wait for that; else their owners cancel them. */
  async #endCarts(saleId: string): Promise<void> {
    const world = this.#world;
    const { closesAtMs = 0 } = world.ledger.book(saleId)?.sale ?? {};
    const clocksMs = 2 * world.temper.skewMsMax + BACKOFF_MS;
    if (world.cluster.nowMs + CART_MS + 2 * clocksMs < closesAtMs) {
      for (const pauseMs of [CART_MS + clocksMs, BACKOFF_MS]) {
        world.nowMs += pauseMs;
        await this.#finish(sweep(world, saleId));
      }
      const carts = (await this.#held(saleId)).filter((hold) => hold.mode !== "submitted");
      insist(9, carts.length === 0, () => `${carts.length} carts of ${saleId} never expire`);
      return;
    }
    for (const hold of await this.#held(saleId)) {
      if (hold.mode !== "submitted") await this.#finish(this.#shoppers.cancel(this.#ticketOf(saleId, hold)));
    }
  }

  /** Invariant 5 does not wait for the close: with all well, sweeps and pages decide every purchase, and its ticket says so. */
  async #allDecided(): Promise<void> {
    const world = this.#world;
    for (let rounds = 0; rounds < 2; rounds += 1) {
      // A due time may have been set by a clock that was set back since.
      world.nowMs += BACKOFF_MS + 2 * world.temper.skewMsMax;
      await this.#drain();
    }
    for (const ticket of this.#shoppers.tickets) await this.#finish(this.#shoppers.pollTicket(ticket));
    for (const saleId of world.saleIds) {
      const { state, settleUntilMs = 0 } = world.ledger.book(saleId)?.sale ?? {};
      if (state !== "open" || world.nowMs + world.temper.skewMsMax >= settleUntilMs) continue;
      // One that lost its purchase with a demoted primary may be a cart again; one that lost its hold is gate_lost.
      const held = new Set((await this.#held(saleId)).map((hold) => hold.checkoutId));
      for (const { checkoutId, excused } of world.witness.promises.undecided(saleId)) {
        insist(5, excused && held.has(checkoutId), () => `${checkoutId} was purchased, and nobody decides it`);
      }
      world.count("all decided before the close");
    }
  }

  /** Whether a sale's gate admits now, by its own clock. */
  async #admits(saleId: string): Promise<boolean> {
    const sale = this.#world.ledger.book(saleId)?.sale;
    const { nowMs } = this.#world.cluster;
    return sale?.state === "open" && nowMs >= sale.opensAtMs && nowMs < sale.closesAtMs && this.#isOpen(saleId);
  }

  async #held(saleId: string) {
    const { ledger, cluster } = this.#world;
    return cluster.primary.some(saleId, ledger.book(saleId)?.sale.openEpoch ?? 0, Number.MAX_SAFE_INTEGER);
  }

  async #settleHeld(saleId: string): Promise<void> {
    const world = this.#world;
    const epoch = world.ledger.book(saleId)?.sale.openEpoch ?? 0;
    const checkoutIds = (await this.#held(saleId)).map((hold) => hold.checkoutId);
    for (const process of world.processes) process.flush();
    await this.#finish(work(world, { page: { saleId, epoch, checkoutIds }, deliveries: 0 }));
  }

  #ticketOf(saleId: string, hold: { checkoutId: string; userId: string; sinceMs: number }): Ticket {
    const epoch = this.#world.ledger.book(saleId)?.sale.openEpoch ?? 0;
    const { checkoutId, userId, sinceMs } = hold;
    return { checkoutId, saleId, epoch, userId, reservedAtMs: sinceMs, lines: [] };
  }

  async #closeAll(): Promise<void> {
    const world = this.#world;
    await this.#drain();
    for (const saleId of world.saleIds) {
      const settleUntilMs = world.ledger.book(saleId)?.sale.settleUntilMs ?? 0;
      world.nowMs = Math.max(world.nowMs, settleUntilMs + BACKOFF_MS + world.temper.skewMsMax);
    }
    for (const saleId of world.saleIds) {
      for (let tries = 0; tries < 3; tries += 1) await this.#finish(close(world, saleId));
    }
  }

  /** Invariant 4, and the product's own audit. A gate that was lost and never opened again has nothing to say. */
  async #atRest(saleId: string): Promise<void> {
    const { ledger, cluster, witness } = this.#world;
    const facts = await ledger.facts(saleId);
    if (!facts) throw new Error(`${saleId} is unknown`);
    insist(4, facts.sale.state === "closed", () => `${saleId} is still ${facts.sale.state}`);
    insist(4, facts.heldUnits === 0, () => `${saleId} still holds ${facts.heldUnits} units in the ledger`);
    const found = witness.isWhole(saleId) ? cluster.primary.facts(saleId) : null;
    // A gate behind the opening that counts: its sale was recovered through another server, and closed before this one was.
    const gate = found?.epoch === facts.sale.openEpoch ? found : null;
    insist(4, !gate || gate.holds.length === 0, () => `${saleId} still has ${gate?.holds.length} holds in its gate`);
    const report = audit(facts, gate, true);
    const [violation] = report.violations;
    if (violation) insist(violation.invariant, false, () => `${saleId}: ${violation.message}`);
    this.#looksAtAttempts(saleId, report);
  }

  /** Invariant 6: an audit says that it did not look where attempts are not kept, and nowhere else. */
  #looksAtAttempts(saleId: string, { unchecked }: AuditReport): void {
    const book = this.#world.ledger.book(saleId);
    const keeps = book?.sale.attempts !== "off";
    const looked = unchecked.every(({ invariant }) => invariant !== 6);
    insist(6, looked === keeps, () => `the audit of ${saleId} ${looked ? "looked" : "did not look"} at attempts`);
    const kept = book?.attempts.size ?? 0;
    insist(6, keeps || kept === 0, () => `${saleId} keeps ${kept} attempts`);
    if (!keeps) this.#world.count("sales without attempts");
  }

  /** Invariant 5: every ticket reads its verdict, and the same one again. */
  async #allTold(): Promise<void> {
    const world = this.#world;
    for (const ticket of this.#shoppers.tickets) {
      for (let times = 0; times < 2; times += 1) {
        world.step += 1;
        await this.#finish(this.#shoppers.pollTicket(ticket));
      }
    }
    for (const [checkoutId, verdict] of world.witness.promises.acknowledgedVerdicts()) {
      insist(5, verdict !== null, () => `${checkoutId} has its 202 and never got a verdict`);
      world.count(`promised ${verdict}`);
    }
  }

  /** Lets what was begun run to its end. */
  async #finish(begun: Promise<unknown>): Promise<void> {
    const world = this.#world;
    await begun;
    world.step += 1;
    for (let actor = world.actors[0]; actor; actor = world.actors[0]) await world.deliver(actor, "happen");
  }
}
