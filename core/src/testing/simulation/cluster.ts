import { MemoryGate } from "../memory-gate.ts";
import type { MemoryImage } from "../memory-server.ts";
import type { Random } from "./random.ts";
import type { RedisFault, Temperament } from "./temperament.ts";

/** Recent images kept: how many writes a restart or a promotion may lose. */
const RECENT_MAX = 20;
const BACKUPS_MAX = 4;
const EMPTY: MemoryImage = new Map();

/** What a fault did to the primary's data. */
export interface Misfortune {
  readonly fault: RedisFault;
  readonly before: MemoryImage;
  readonly after: MemoryImage;
}

/**
 * The Redis that the gate lives on: a primary, its disk, and at times an older primary that is still alive.
 *
 * ```
 *   A ── promote ──▶ B, and A lives on as the zombie ── resync: A takes B's data, keeps its scripts ──▶ A
 *                                                    └─ split: A comes back with its own data ────────▶ A
 * ```
 */
export class Cluster {
  primary: MemoryGate;
  zombie: MemoryGate | null = null;
  readonly #trueMs: () => number;
  readonly #random: Random;
  readonly #temper: Temperament;
  readonly #keepsImages: boolean;
  /** Each server's clock, against the true time. */
  readonly #skewMs = new Map<MemoryGate, number>();
  #recent: MemoryImage[] = [];
  readonly #backups: MemoryImage[] = [];

  constructor(trueMs: () => number, random: Random, temper: Temperament) {
    this.#trueMs = trueMs;
    this.#random = random;
    this.#temper = temper;
    const loses = Object.entries(temper.redisWeights).some(([fault, weight]) => fault !== "restart" && weight > 0);
    this.#keepsImages = loses && temper.redisFaults > 0;
    this.primary = this.#server();
  }

  /** The primary's own time. */
  get nowMs(): number {
    return this.#trueMs() + (this.#skewMs.get(this.primary) ?? 0);
  }

  /** Somebody sets the primary's clock, forward or back. */
  setClock(): void {
    this.#skewMs.set(this.primary, this.#drawSkewMs());
  }

  /** The primary's clock goes back, by about the life of a cart. */
  turnBack(): void {
    this.#skewMs.set(this.primary, -this.#random.int(30_000, 150_000));
  }

  /** The gates that somebody can still talk to. */
  get alive(): readonly MemoryGate[] {
    return this.zombie ? [this.primary, this.zombie] : [this.primary];
  }

  /** Data changed: the disk and the replicas follow at their own pace. */
  wrote(gate: MemoryGate): void {
    if (gate !== this.primary || !this.#keepsImages) return;
    this.#recent.push(gate.server.image());
    if (this.#recent.length > RECENT_MAX) this.#recent.shift();
    if (!this.#random.chance(0.04)) return;
    this.#backups.push(gate.server.image());
    if (this.#backups.length > BACKUPS_MAX) this.#backups.shift();
  }

  /** Lets the fault happen; null where there is nothing that it could happen to. */
  suffer(fault: RedisFault): Misfortune | null {
    const before = this.primary.server.image();
    if (!this.#strike(fault)) return null;
    const after = this.primary.server.image();
    this.#recent = [after];
    return { fault, before, after };
  }

  #strike(fault: RedisFault): boolean {
    switch (fault) {
      case "restart":
        return this.#restart(this.primary.server.image());
      case "suffix":
        return this.#restart(this.#lagging());
      case "backup":
        return this.#restart(this.#backups.length > 0 ? this.#random.pick(this.#backups) : null);
      case "wipe":
        return this.#restart(EMPTY);
      case "promote":
        return this.#promote();
      case "resync":
        return this.#failBack(this.#lagging() ?? this.primary.server.image());
      case "split":
        return this.#failBack(null);
    }
  }

  #restart(image: MemoryImage | null): boolean {
    if (!image) return false;
    this.primary.server.restart(image);
    // A server that loaded its data from a disk may have loaded its history's name too.
    if (this.#random.chance(0.5)) this.primary.server.beginHistory();
    return true;
  }

  #promote(): boolean {
    const image = this.#random.chance(0.5) ? this.#lagging() : null;
    const replica = this.#server();
    replica.server.restart(image ?? this.primary.server.image());
    this.zombie = this.#random.chance(0.7) ? this.primary : null;
    this.primary = replica;
    return true;
  }

  /** The old primary is primary again, without a restart: its script cache is as it was. */
  #failBack(image: MemoryImage | null): boolean {
    const back = this.zombie;
    if (!back) return false;
    if (image) back.server.beginHistory(image);
    this.zombie = this.#random.chance(0.5) ? this.primary : null;
    this.primary = back;
    return true;
  }

  #lagging(): MemoryImage | null {
    return this.#recent.length > 0 ? this.#random.pick(this.#recent) : null;
  }

  #server(): MemoryGate {
    const gate = new MemoryGate({ nowMs: () => this.#trueMs() + (this.#skewMs.get(gate) ?? 0) });
    this.#skewMs.set(gate, this.#drawSkewMs());
    return gate;
  }

  #drawSkewMs(): number {
    return this.#random.int(-this.#temper.skewMsMax, this.#temper.skewMsMax);
  }
}
