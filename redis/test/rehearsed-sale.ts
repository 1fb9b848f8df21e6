import type { GateSnapshot, Hold, Judged, Survivors, Verdict } from "@flashgate/core";
import { type EpochChoice, STOCK, type TermsChoice } from "./gate-commands.ts";
import { GateReference } from "./gate-reference.ts";

/** Units of a sale. */
export const TOTAL = Object.values<number>(STOCK).reduce((units, left) => units + left, 0);

/** A recovery between its two steps. */
export interface Begun extends Survivors {
  readonly epoch: number;
}

export type Owned = Pick<Hold, "checkoutId" | "userId">;

let serial = 0;

/** One of a sequence's sales: its gate as it should be, and a ledger's worth of what was decided. */
export class RehearsedSale {
  readonly id = `x-model-${++serial}`;
  readonly reference: GateReference;
  readonly begun: Begun[] = [];
  readonly seen = new Map<string, Hold>();
  readonly #verdicts = new Map<string, { readonly hold: Hold; readonly verdict: Verdict }>();

  constructor(backlogMax: number) {
    this.reference = new GateReference(backlogMax);
  }

  get openEpoch(): number {
    return this.reference.opening?.epoch ?? 0;
  }

  epochOf(choice: EpochChoice): number {
    return this.openEpoch + { before: -1, current: 0, after: 1 }[choice];
  }

  /** A checkout of this sale, counted from the latest one, those being asked for among them; or one that nobody has. */
  picked(pick: number, asked: readonly Owned[] = []): Owned {
    return [...this.seen.values(), ...asked].at(-1 - pick) ?? { checkoutId: "nobody's", userId: "u" };
  }

  /** A verdict as a ledger would give it: once, confirmed only for what was bought and is held, and never changed. */
  judge(pick: number, state: Verdict["state"]): Judged | null {
    const { checkoutId } = this.picked(pick);
    const known = this.seen.get(checkoutId);
    if (!known) return null;
    const hold = this.reference.opening?.holds.get(checkoutId);
    const standing = this.#verdicts.get(checkoutId);
    const verdict = standing?.verdict ?? verdictOf(state, hold);
    if (!standing) this.#verdicts.set(checkoutId, { hold: hold ?? known, verdict });
    return { checkoutId, verdict, decidedAtMs: 1 };
  }

  snapshot({ epoch, holds: survivors }: Begun, choice: TermsChoice, nowMs: number): GateSnapshot {
    const holds = survivors
      .filter((hold) => !this.#verdicts.has(hold.checkoutId))
      .map((hold) => (choice.late && hold.mode !== "submitted" ? { ...hold, deadlineMs: nowMs - 1_000 } : hold));
    const sold = [...this.#verdicts.values()].filter(({ verdict }) => verdict.state === "confirmed");
    const stock = new Map<string, number>(Object.entries(STOCK));
    const buyers = new Map<string, number>();
    const totals = { available: TOTAL, held: 0, sold: 0 };
    const count = ({ userId, lines }: Hold, as: "held" | "sold") => {
      for (const { itemId, quantity } of lines) {
        stock.set(itemId, (stock.get(itemId) ?? 0) - quantity);
        buyers.set(userId, (buyers.get(userId) ?? 0) + quantity);
        totals.available -= quantity;
        totals[as] += quantity;
      }
    };
    for (const hold of holds) count(hold, "held");
    for (const { hold } of sold) count(hold, "sold");
    const terms = { limitPerUser: choice.limit, paused: choice.paused, pauseVersion: 0 };
    const sale = { id: this.id, epoch, ...terms, ...windowOf(choice, nowMs) };
    return { sale, totals, stock: [...stock], buyers: [...buyers], holds, keys: this.#keys(holds) };
  }

  #keys(holds: readonly Hold[]): GateSnapshot["keys"] {
    const rows = [...this.#verdicts.values()].filter(({ verdict }) => verdict.state !== "rejected");
    const ended = rows.filter(({ verdict }) => verdict.state !== "confirmed");
    const confirmed = rows.filter(({ verdict }) => verdict.state === "confirmed");
    const claims = [...ended, ...confirmed].map(({ hold }) => hold).concat(holds);
    const keyed = claims.filter((hold) => hold.key !== "");
    return [...new Map(keyed.map((hold) => [JSON.stringify([hold.userId, hold.key]), hold])).values()].map(
      ({ userId, key, fingerprint, checkoutId }) => ({ userId, key, fingerprint, checkoutId }),
    );
  }
}

function verdictOf(state: Verdict["state"], hold: Hold | undefined): Verdict {
  if (!hold || state === "rejected") return { state: "rejected", reason: "gate_lost" };
  return { state: state === "confirmed" && hold.mode !== "submitted" ? "cancelled" : state };
}

function windowOf({ window }: TermsChoice, nowMs: number) {
  const [from, to] = { open: [-60_000, 90_000], early: [60_000, 90_000], over: [-60_000, -1_000] }[window];
  return { opensAtMs: nowMs + (from ?? 0), closesAtMs: nowMs + (to ?? 0), settleUntilMs: nowMs + 100_000 };
}
