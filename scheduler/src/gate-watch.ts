import { type Opening, type RecoverParts, recoverGate, type Sale } from "@flashgate/core";

/** How long a broken gate must stay as it is before it is recovered: another scheduler may be at it. */
const BROKEN_MS = 1_000;
/** Added for each item, since a large gate takes longer to put in place. */
const BROKEN_MS_PER_ITEM = 0.02;
/** A recovery that got stuck is taken over after this long. */
const STUCK_MS = 3_000;
/** Each takeover doubles the patience, this often: a recovery that takes long must not be overtaken for ever. */
const DOUBLINGS_MAX = 3;

interface Sighting {
  readonly epoch: number;
  readonly state: Sale["state"];
  readonly sinceMs: number;
  /** How often somebody began anew since the gate was last seen open. */
  readonly takeovers: number;
}

/**
 * Finds gates that are not open though they should be, and recovers them: a sale never opened at once, a broken gate
 * once it has been seen broken for a while in the same epoch. An open gate is told whether its sale is paused.
 */
export class GateWatch {
  readonly #parts: RecoverParts;
  readonly #opening: Opening;
  readonly #broken = new Map<string, Sighting>();

  constructor(parts: RecoverParts) {
    this.#parts = parts;
    this.#opening = parts.opening;
  }

  /** Looks at one sale. Throws when Redis or Postgres cannot be asked: nothing is begun then. */
  async look(sale: Sale): Promise<void> {
    if (sale.state === "open" && (await this.#opening.isOpen(sale.id, sale.openEpoch))) {
      this.#broken.delete(sale.id);
      // Whoever paused or resumed the sale may have died before the gate was told.
      await this.#opening.tellPaused(sale.id, sale.openEpoch, sale);
      return;
    }
    if (!this.#isDue(sale)) return;
    const outcome = await recoverGate(this.#parts, sale.id, sale.epoch);
    if (outcome !== "superseded") this.#broken.delete(sale.id);
  }

  #isDue(sale: Sale): boolean {
    if (sale.state === "scheduled") return true;
    const nowMs = this.#parts.clock.nowMs();
    const seen = this.#broken.get(sale.id);
    if (!seen || seen.epoch !== sale.epoch || seen.state !== sale.state) {
      const takeovers = seen && seen.epoch !== sale.epoch ? seen.takeovers + 1 : (seen?.takeovers ?? 0);
      this.#broken.set(sale.id, { epoch: sale.epoch, state: sale.state, sinceMs: nowMs, takeovers });
      return false;
    }
    const patienceMs = sale.state === "recovering" ? STUCK_MS : BROKEN_MS;
    const waitMs = (patienceMs + sale.totalItems * BROKEN_MS_PER_ITEM) * 2 ** Math.min(seen.takeovers, DOUBLINGS_MAX);
    return nowMs - seen.sinceMs >= waitMs;
  }
}
