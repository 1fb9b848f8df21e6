import {
  type Admission,
  type CartReply,
  type CartStep,
  type Clock,
  type Demand,
  demandUnits,
  type PurchaseReply,
  type ReserveReply,
  type ReserveRequest,
  type SaleBoard,
} from "@flashgate/core";

/** How old an answer of the gate's may be that is given again. */
export const REMEMBERED_MS = 100;

export interface SoldOutMemoryParts {
  readonly admission: Admission;
  readonly board: SaleBoard;
  readonly clock: Clock;
}

/** Fewer than `units` were left when the gate was asked, and the board was at `version`. */
interface SoldOut {
  readonly units: number;
  readonly askedAtMs: number;
  readonly version: number | undefined;
}

const SOLD_OUT = { kind: "sold_out" } as const;

/**
 * A gate that answers a sold-out sale's crowd from memory: what it said at most {@link REMEMBERED_MS} ago it is not asked
 * again. Only where it would most likely say the same: a request with an idempotency key may have its checkout already, an
 * unknown item is told before anything else, and what the board has heard of since may be units that were given back.
 */
export class SoldOutMemory implements Admission {
  readonly #parts: SoldOutMemoryParts;
  readonly #known = new Map<string, SoldOut>();

  constructor(parts: SoldOutMemoryParts) {
    this.#parts = parts;
  }

  async reserve(request: ReserveRequest): Promise<ReserveReply> {
    const { saleId, demand, key } = request;
    const asked = this.#asked(saleId, demand);
    if (key === "" && this.#isKnown(saleId, asked) && this.#isOnSale(saleId, demand)) return SOLD_OUT;
    const reply = await this.#parts.admission.reserve(request);
    // Of two sizes that did not fit, the smaller one says more.
    if (reply.kind === "sold_out" && !this.#isKnown(saleId, asked)) this.#known.set(saleId, asked);
    return reply;
  }

  addLines(request: CartStep & { readonly demand: Demand }): Promise<CartReply> {
    return this.#parts.admission.addLines(request);
  }

  purchase(request: CartStep): Promise<PurchaseReply> {
    return this.#parts.admission.purchase(request);
  }

  #asked(saleId: string, demand: Demand): SoldOut {
    const { board, clock } = this.#parts;
    return { units: demandUnits(demand), askedAtMs: clock.nowMs(), version: board.view(saleId)?.version };
  }

  #isKnown(saleId: string, { units, askedAtMs, version }: SoldOut): boolean {
    const known = this.#known.get(saleId);
    if (!known) return false;
    const ageMs = askedAtMs - known.askedAtMs;
    const isCurrent = known.version === version && ageMs >= 0 && ageMs <= REMEMBERED_MS;
    if (!isCurrent) this.#known.delete(saleId);
    return isCurrent && units >= known.units;
  }

  #isOnSale(saleId: string, { lines }: Demand): boolean {
    const { board } = this.#parts;
    return lines.every(({ itemId }) => board.item(saleId, itemId) !== null);
  }
}
