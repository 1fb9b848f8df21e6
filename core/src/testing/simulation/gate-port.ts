import type { CartStep, Gate, Pause, ReserveRequest } from "../../application/ports/gate.ts";
import type { Hold, Judged } from "../../domain/checkout.ts";
import type { GateSnapshot } from "../../domain/gate-snapshot.ts";
import type { Demand } from "../../domain/lines.ts";
import type { CartReply, PurchaseReply, Refusal, ReserveReply } from "../../domain/outcomes.ts";
import { addLines, type Opened, purchase, reserve } from "../memory-admission.ts";
import type { MemoryGate, MemoryLease } from "../memory-gate.ts";
import { type Actor, Outage } from "./actor.ts";

/** Sees what a gate does at the moment it does it, whoever learns of it later. */
export interface GateWitness {
  attempted(request: ReserveRequest): void;
  reserved(gate: MemoryGate, request: ReserveRequest, reply: ReserveReply): void;
  changed(gate: MemoryGate, saleId: string, reply: CartReply | PurchaseReply): void;
  /** A recovery read what survives; whatever another gate holds of the sale is lost with that. */
  shut(gate: MemoryGate, saleId: string, epoch: number, openEpoch: number): void;
  installed(gate: MemoryGate, saleId: string, epoch: number): void;
  retired(gate: MemoryGate, saleId: string): void;
  /** Data of a sale may have changed. */
  touched(gate: MemoryGate, saleId: string): void;
}

const SHUT: Extract<Refusal, { kind: "gate_shut" }> = { kind: "gate_shut" };

/**
 * The gate as one actor reaches it over its process's connection. Admission keeps the answers of the real client: a
 * lease is read once and kept with the connection, a stale one is renewed once, and what was sent without an answer is
 * `outcome_unknown`.
 */
export class GatePort implements Gate {
  readonly #actor: Actor;
  readonly #witness: GateWitness;

  constructor(actor: Actor, witness: GateWitness) {
    this.#actor = actor;
    this.#witness = witness;
  }

  reserve(request: ReserveRequest): Promise<ReserveReply> {
    this.#witness.attempted(request);
    return this.#admit("reserve", request.saleId, (gate, lease) => {
      const reply = gate.under(lease, (opened: Opened): ReserveReply => reserve(opened, request));
      this.#witness.reserved(gate, request, reply);
      return reply;
    });
  }

  addLines(step: CartStep & { readonly demand: Demand }): Promise<CartReply> {
    return this.#admit("addLines", step.saleId, (gate, lease) => {
      const reply = gate.under(lease, (opened): CartReply => addLines(opened, step));
      this.#witness.changed(gate, step.saleId, reply);
      return reply;
    });
  }

  purchase(step: CartStep): Promise<PurchaseReply> {
    return this.#admit("purchase", step.saleId, (gate, lease) => {
      const reply = gate.under(lease, (opened): PurchaseReply => purchase(opened, step));
      this.#witness.changed(gate, step.saleId, reply);
      return reply;
    });
  }

  read(saleId: string, epoch: number, checkoutIds: readonly string[]) {
    return this.#call("read", saleId, (gate) => gate.read(saleId, epoch, checkoutIds));
  }

  claimDue(saleId: string, epoch: number, limit: number): Promise<Hold[]> {
    return this.#write("claimDue", saleId, (gate) => gate.claimDue(saleId, epoch, limit));
  }

  some(saleId: string, epoch: number, limit: number): Promise<Hold[]> {
    return this.#call("some", saleId, (gate) => gate.some(saleId, epoch, limit));
  }

  lapse(saleId: string, epoch: number, checkoutIds: readonly string[]) {
    return this.#write("lapse", saleId, (gate) => gate.lapse(saleId, epoch, checkoutIds));
  }

  finalise(saleId: string, epoch: number, judged: readonly Judged[]) {
    return this.#write("finalise", saleId, (gate) => gate.finalise(saleId, epoch, judged));
  }

  shut(saleId: string, epoch: number, openEpoch: number) {
    return this.#write("shut", saleId, async (gate) => {
      const reply = await gate.shut(saleId, epoch, openEpoch);
      if (reply !== "superseded") this.#witness.shut(gate, saleId, epoch, openEpoch);
      return reply;
    });
  }

  install(snapshot: GateSnapshot, incarnation: string) {
    return this.#write("install", snapshot.sale.id, async (gate) => {
      const reply = await gate.install(snapshot, incarnation);
      if (reply === "installed") this.#witness.installed(gate, snapshot.sale.id, snapshot.sale.epoch);
      return reply;
    });
  }

  isOpen(saleId: string, epoch: number) {
    return this.#call("isOpen", saleId, (gate) => gate.isOpen(saleId, epoch));
  }

  tellPaused(saleId: string, epoch: number, pause: Pause) {
    return this.#write("tellPaused", saleId, (gate) => gate.tellPaused(saleId, epoch, pause));
  }

  retire(saleId: string, epoch: number) {
    return this.#write("retire", saleId, (gate) => {
      this.#witness.retired(gate, saleId);
      return gate.retire(saleId, epoch);
    });
  }

  totals(saleId: string) {
    return this.#call("totals", saleId, (gate) => gate.totals(saleId));
  }

  stock(saleId: string) {
    return this.#call("stock", saleId, (gate) => gate.stock(saleId));
  }

  inspect(saleId: string) {
    return this.#call("inspect", saleId, (gate) => gate.inspect(saleId));
  }

  async #admit<Reply extends { readonly kind: string }>(
    method: string,
    saleId: string,
    script: (gate: MemoryGate, lease: MemoryLease) => Reply,
  ): Promise<Reply | Refusal> {
    const reply = await this.#tryOnce(method, saleId, script);
    return reply.kind === "gate_shut" ? this.#tryOnce(method, saleId, script) : reply;
  }

  async #tryOnce<Reply extends { readonly kind: string }>(
    method: string,
    saleId: string,
    script: (gate: MemoryGate, lease: MemoryLease) => Reply,
  ): Promise<Reply | Refusal> {
    const { process } = this.#actor;
    const lease = process.leases.get(saleId) ?? (await this.#lease(saleId));
    if (!lease) return SHUT;
    const { epoch } = lease;
    const reply = await this.#actor.park<Reply | Refusal>({
      service: "gate",
      method,
      saleId,
      writes: true,
      connection: process.connection,
      happen: (gate) => {
        const answer = script(gate, lease);
        this.#witness.touched(gate, saleId);
        return answer;
      },
      fail: (sent) => (sent ? { kind: "outcome_unknown", epoch } : SHUT),
    });
    if (reply.kind === "gate_shut") process.leases.delete(saleId);
    return reply;
  }

  #lease(saleId: string): Promise<MemoryLease | null> {
    const { process } = this.#actor;
    return this.#actor.park<MemoryLease | null>({
      service: "gate",
      method: "lease",
      saleId,
      writes: false,
      happen: (gate) => {
        const lease = gate.lease(saleId);
        if (lease && process.gate === gate) process.leases.set(saleId, lease);
        return lease;
      },
      fail: () => null,
    });
  }

  #write<Reply>(method: string, saleId: string, happen: (gate: MemoryGate) => Promise<Reply>): Promise<Reply> {
    const seen = async (gate: MemoryGate) => {
      const reply = await happen(gate);
      this.#witness.touched(gate, saleId);
      return reply;
    };
    return this.#call(method, saleId, seen, true);
  }

  #call<Reply>(
    method: string,
    saleId: string,
    happen: (gate: MemoryGate) => Promise<Reply>,
    writes = false,
  ): Promise<Reply> {
    return this.#actor.park<Reply>({
      service: "gate",
      method,
      saleId,
      writes,
      happen,
      fail: () => {
        throw new Outage(method);
      },
    });
  }
}
