import type { ReserveRequest } from "../../application/ports/gate.ts";
import { isVerdict } from "../../domain/checkout.ts";
import { formatLines } from "../../domain/lines.ts";
import type { CartReply, PurchaseReply, ReserveReply } from "../../domain/outcomes.ts";
import type { MemoryGate } from "../memory-gate.ts";
import type { MemoryLedger } from "../memory-ledger.ts";
import type { MemoryRow } from "../memory-ledger-sale.ts";
import type { MemoryImage } from "../memory-server.ts";
import type { Cluster, Misfortune } from "./cluster.ts";
import type { GateWitness } from "./gate-port.ts";
import { checkGate, checkOffer, type GateMeasure } from "./gate-sums.ts";
import { LedgerSums } from "./ledger-sums.ts";
import { Promises, word } from "./promises.ts";

/** Where a run says what happens: the counts of its report, and its trace where somebody reads it. */
export interface Chronicle {
  count(name: string): void;
  note(line: () => string): void;
}

interface Book {
  readonly sums: LedgerSums;
  readonly measure: GateMeasure;
}

export interface Scene {
  readonly ledger: MemoryLedger;
  readonly cluster: Cluster;
  readonly chronicle: Chronicle;
  /** The ledger's clock. */
  readonly nowMs: () => number;
}

/**
 * Sees every effect at the moment it happens, whoever learns of it later, and holds it against the invariants. Knows
 * what was destroyed, so that a checkout is excused for that and for nothing else.
 */
export class Witness implements GateWitness {
  readonly promises = new Promises();
  readonly #scene: Scene;
  readonly #books = new Map<string, Book>();
  /** The gate on which a sale's latest recovery read the survivors. */
  readonly #shutOn = new Map<string, { readonly gate: MemoryGate; readonly epoch: number }>();
  /** Sales whose gate lost data, or was replaced, since its last installation. */
  readonly #tainted = new Set<string>();

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  attempted(request: ReserveRequest): void {
    this.promises.attempted(request);
  }

  reserved(gate: MemoryGate, request: ReserveRequest, reply: ReserveReply): void {
    const { chronicle } = this.#scene;
    const { checkoutId, saleId, userId, key, fingerprint } = request;
    chronicle.count(`reserve ${reply.kind}`);
    chronicle.note(() => `  ${checkoutId} of ${userId} "${key}": ${JSON.stringify(reply)}`);
    if (reply.kind === "held") this.promises.took(reply.hold, this.#isDemoted(gate, saleId, reply.epoch));
    if (reply.kind === "replayed") this.promises.replayed(reply.checkoutId, userId, fingerprint);
  }

  changed(gate: MemoryGate, saleId: string, reply: CartReply | PurchaseReply): void {
    const { chronicle } = this.#scene;
    chronicle.count(`cart ${reply.kind}`);
    chronicle.note(() => `  ${JSON.stringify(reply)}`);
    if (reply.kind !== "held" && reply.kind !== "submitted") return;
    this.promises.held(reply.hold, this.#isDemoted(gate, saleId, reply.epoch));
  }

  shut(gate: MemoryGate, saleId: string, epoch: number, openEpoch: number): void {
    this.#shutOn.set(saleId, { gate, epoch });
    if (gate !== this.#scene.cluster.primary) this.#tainted.add(saleId);
    for (const other of this.#scene.cluster.alive) {
      if (other === gate) continue;
      this.#scene.chronicle.count("recoveries between two primaries");
      this.#excuse(saleId, openEpoch, other.server.sales, gate.server.sales);
    }
  }

  installed(gate: MemoryGate, saleId: string, epoch: number): void {
    const { chronicle, cluster, ledger } = this.#scene;
    chronicle.count("gates opened");
    const counts = gate === cluster.primary && ledger.book(saleId)?.sale.openEpoch === epoch;
    if (counts) this.#tainted.delete(saleId);
  }

  /** A gate was retired, or was not there to be. */
  retired(gate: MemoryGate, saleId: string): void {
    if (gate !== this.#scene.cluster.primary) this.#tainted.add(saleId);
  }

  touched(gate: MemoryGate, saleId: string): void {
    this.#scene.cluster.wrote(gate);
    const facts = gate.facts(saleId);
    if (facts) checkGate(this.#bookOf(saleId).measure, facts);
    if (gate === this.#scene.cluster.primary) this.#checkOffer(saleId);
  }

  /** A ledger transaction of this sale is over. */
  settled(saleId: string): void {
    const book = this.#scene.ledger.book(saleId);
    if (!book) return;
    this.sums(saleId).compare(book);
    this.#checkOffer(saleId);
  }

  /** A row of the ledger was written. */
  wrote(row: MemoryRow, before: MemoryRow | undefined): void {
    const { chronicle, ledger, nowMs } = this.#scene;
    const { checkoutId, saleId, status, lines } = row;
    chronicle.note(() => `  ${checkoutId} is ${JSON.stringify(status)} of ${JSON.stringify(lines)}`);
    this.sums(saleId).wrote(row, before);
    chronicle.count(isVerdict(status) ? `verdict ${word(status)}` : "rows held");
    if (!isVerdict(status)) return;
    const settleUntilMs = ledger.book(saleId)?.sale.settleUntilMs ?? 0;
    this.promises.decided({ checkoutId, verdict: status, lines, nowMs: nowMs(), settleUntilMs });
  }

  /** Redis came to harm. */
  harmed({ fault, before, after }: Misfortune): void {
    for (const saleId of before.keys()) {
      this.#excuse(saleId, this.#scene.ledger.book(saleId)?.sale.openEpoch ?? 0, before, after);
      if (fault !== "restart") this.#tainted.add(saleId);
    }
  }

  /** Whether a sale's gate can be expected to agree with the ledger once it rests. */
  isWhole(saleId: string): boolean {
    return !this.#tainted.has(saleId);
  }

  sums(saleId: string): LedgerSums {
    return this.#bookOf(saleId).sums;
  }

  /** Where the primary's gate of the opening that counts is open, it offers only what the ledger has. */
  #checkOffer(saleId: string): void {
    const { ledger, cluster } = this.#scene;
    const sale = ledger.book(saleId)?.sale;
    if (sale?.state !== "open" || !cluster.primary.admits(saleId, sale.openEpoch)) return;
    const offer = cluster.primary.server.sales.get(saleId)?.openings.get(sale.openEpoch);
    const sums = this.sums(saleId);
    if (offer) checkOffer(saleId, offer, { left: (itemId) => sums.left(itemId), bought: sums.bought });
  }

  /** Excuses the holds of an opening that `after` lacks, or has otherwise than `before`. */
  #excuse(saleId: string, epoch: number, before: MemoryImage, after: MemoryImage): void {
    const left = after.get(saleId)?.openings.get(epoch)?.holds;
    const rows = this.#scene.ledger.book(saleId)?.rows;
    for (const hold of before.get(saleId)?.openings.get(epoch)?.holds.values() ?? []) {
      const row = rows?.get(hold.checkoutId);
      // What the ledger holds just like this needs no survivor.
      if (alike(left?.get(hold.checkoutId), hold) || (row?.status.state === "held" && alike(row, hold))) continue;
      if (this.promises.destroyed(hold.checkoutId)) this.#scene.chronicle.count("holds destroyed");
    }
  }

  /** Whether a promise is a demoted primary's, or one of a gate whose sale was recovered on another one since. */
  #isDemoted(gate: MemoryGate, saleId: string, epoch: number): boolean {
    const shut = this.#shutOn.get(saleId);
    const { cluster, chronicle } = this.#scene;
    const demoted = gate !== cluster.primary || (shut !== undefined && shut.gate !== gate && shut.epoch > epoch);
    if (demoted) chronicle.count("promises of demoted primaries");
    return demoted;
  }

  #bookOf(saleId: string): Book {
    const known = this.#books.get(saleId);
    if (known) return known;
    const kept = this.#scene.ledger.book(saleId);
    if (!kept) throw new Error(`${saleId} is unknown`);
    const stock = new Map([...kept.items.values()].map((item) => [item.id, item.stock]));
    const sums = new LedgerSums(kept.sale, stock);
    const { limitPerUser } = kept.sale;
    const book = { sums, measure: { saleId, limitPerUser, stock, totalUnits: sums.totalUnits } };
    this.#books.set(saleId, book);
    return book;
  }
}

function alike(one: Pick<MemoryRow, "mode" | "lines"> | undefined, hold: Pick<MemoryRow, "mode" | "lines">): boolean {
  return one?.mode === hold.mode && formatLines(one.lines) === formatLines(hold.lines);
}
