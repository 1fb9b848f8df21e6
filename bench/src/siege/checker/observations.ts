import type { FinalState, TicketState } from "../history.ts";
import type { Findings } from "./findings.ts";
import type { Told } from "./story.ts";

/** Checks that what is read of one ticket is pending for a while and then one verdict for ever (invariant 5). */
export class Observations {
  readonly #told = new Map<string, Told>();
  readonly #findings: Findings;

  constructor(findings: Findings) {
    this.#findings = findings;
  }

  /** In the order in which they were told. Readers that overlap may read in either order. */
  take(checkoutId: string, state: TicketState, askedAtMs: number, toldAtMs: number): void {
    const told = this.#told.get(checkoutId);
    if (state === "reserved" || state === "queued") {
      this.#findings.expect(
        5,
        told === undefined || askedAtMs <= told.atMs,
        () => `checkout ${checkoutId} was ${told?.state}, and ${state} ${askedAtMs - (told?.atMs ?? 0)} ms later`,
      );
      return;
    }
    this.#findings.expect(
      5,
      told === undefined || told.state === state,
      () => `checkout ${checkoutId} was ${told?.state} at ${told?.atMs} and ${state} at ${toldAtMs}`,
    );
    if (told === undefined) this.#told.set(checkoutId, { state, atMs: toldAtMs });
  }

  /** The final state that was told first; null where none was. */
  of(checkoutId: string): FinalState | null {
    return this.#told.get(checkoutId)?.state ?? null;
  }

  checkoutIds(): Iterable<string> {
    return this.#told.keys();
  }
}
