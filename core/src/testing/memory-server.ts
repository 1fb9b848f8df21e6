import type { GateSnapshot } from "../domain/gate-snapshot.ts";
import type { MemoryOpening } from "./memory-opening.ts";

/** One sale's keys: its meta, and the counters and holds of its openings by epoch. */
export interface MemorySale {
  epoch: number;
  open: boolean;
  retired: boolean;
  /** The replication history in which the gate was opened. */
  replid: string;
  terms: GateSnapshot["sale"] | null;
  openings: Map<number, MemoryOpening>;
}

/** A server's data at one moment: what a disk, a backup or a lagging replica holds. */
export type MemoryImage = ReadonlyMap<string, MemorySale>;

/** The scripts that need no lease, known to a server once somebody loaded them. */
export type ConstantScript = "claim-due" | "finalise";

let lives = 0;

/**
 * A Redis server in memory, as far as a gate can tell: data that may be lost, a script cache that no restart survives,
 * and the two names by which a recovery knows whom it talks to. `runId` is one life of the process, `replid` one
 * history of its data.
 */
export class MemoryServer {
  readonly sales = new Map<string, MemorySale>();
  readonly #scripts = new Set<string>();
  #runId = ++lives;
  #replid = `r${++lives}`;

  get runId(): string {
    return String(this.#runId);
  }

  get replid(): string {
    return this.#replid;
  }

  /** Names this life of this server in this replication history. */
  get incarnation(): string {
    return `${this.#runId}/${this.#replid}`;
  }

  load(script: string): void {
    this.#scripts.add(script);
  }

  knows(script: string): boolean {
    return this.#scripts.has(script);
  }

  image(): MemoryImage {
    return copyOf(this.sales);
  }

  /** The process dies and comes back: with its data, or with what `image` says is left of it. No script survives. */
  restart(image?: MemoryImage): void {
    this.#runId = ++lives;
    this.#scripts.clear();
    if (image) this.#hold(image);
  }

  /** A promotion, or a full resynchronisation, begins another history. The process lives on, and so do its scripts. */
  beginHistory(image?: MemoryImage): void {
    this.#replid = `r${++lives}`;
    if (image) this.#hold(image);
  }

  #hold(image: MemoryImage): void {
    this.sales.clear();
    for (const [saleId, sale] of copyOf(image)) this.sales.set(saleId, sale);
  }
}

/** The name under which a server knows the scripts of one opening of one sale: a lease on exactly that opening. */
export function leaseName(saleId: string, epoch: number): string {
  return `${saleId} ${epoch}`;
}

function copyOf(sales: MemoryImage): Map<string, MemorySale> {
  const copy = new Map<string, MemorySale>();
  for (const [saleId, sale] of sales) {
    const openings = new Map<number, MemoryOpening>();
    for (const [epoch, opening] of sale.openings) openings.set(epoch, opening.copy());
    copy.set(saleId, { ...sale, openings });
  }
  return copy;
}
