import type { Hold } from "../../domain/checkout.ts";
import type { GateTotals, Refusal } from "../../domain/outcomes.ts";
import { type ReserveParts, reserveCheckout } from "./reserve-checkout.ts";

export interface FillCartCommand {
  readonly saleId: string;
  readonly userId: string;
  /** One unit of it. */
  readonly itemId: string;
  /** Which of the user's carts is tried first, from 1: earlier ones are known to be over. */
  readonly fromTurn: number;
}

/** A cart of the user, and the how manieth it is. */
interface UserCart {
  readonly checkoutId: string;
  readonly epoch: number;
  readonly hold: Hold;
  readonly turn: number;
}

export type FillCartOutcome =
  | (UserCart & { readonly kind: "filled"; readonly totals: GateTotals })
  | (UserCart & { readonly kind: "already_in_cart" })
  /** The user went through {@link CARTS_MAX} carts. */
  | { readonly kind: "carts_spent" }
  | Exclude<Refusal, { readonly kind: "key_reused" }>;

/** Carts that one user may go through in one sale. */
export const CARTS_MAX = 1_000;
/** Every request for a cart means the same: the one of that turn. */
const FINGERPRINT = "cart";

/**
 * Puts one unit into the user's open cart of a sale, which it opens where there is none. Which cart that is, the gate's
 * idempotency keys say: the user's n-th cart has the key `cart n`, so that whoever comes first opens it and everybody
 * else, in any process, is handed the same one. A cart that was bought, expired or cancelled is over for good: the next
 * turn follows. The blank keeps these keys apart from those that clients send.
 */
export async function fillCart(parts: ReserveParts, command: FillCartCommand): Promise<FillCartOutcome> {
  const { saleId, userId, itemId } = command;
  const demand = { lines: [{ itemId, quantity: 1 }], any: 0 };
  for (let turn = command.fromTurn; turn <= CARTS_MAX; turn += 1) {
    const key = `cart ${turn}`;
    const opened = await reserveCheckout(parts, {
      saleId,
      userId,
      mode: "cart",
      demand,
      key,
      fingerprint: FINGERPRINT,
    });
    if (opened.kind === "key_reused") continue;
    if (opened.kind !== "accepted") return opened;
    const { checkoutId, epoch, hold, totals } = opened;
    if (hold?.mode !== "cart") continue;
    if (totals) return { kind: "filled", checkoutId, epoch, hold, turn, totals };
    if (hold.lines.some((line) => line.itemId === itemId)) {
      return { kind: "already_in_cart", checkoutId, epoch, hold, turn };
    }

    const added = await parts.admission.addLines({ saleId, checkoutId, userId, demand });
    switch (added.kind) {
      case "held":
        return { kind: "filled", checkoutId, epoch: added.epoch, hold: added.hold, turn, totals: added.totals };
      case "not_found":
      case "not_a_cart":
      case "expired":
      case "key_reused":
        // Over since it was looked at.
        break;
      default:
        return added;
    }
  }
  return { kind: "carts_spent" };
}
