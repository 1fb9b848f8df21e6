/** Guards of carts and expiries: the claim, the deadlines, and whose time counts. */
import { patch, type SimulatedMutant } from "../mutant.ts";

const SWEEP = "core/src/application/commands/sweep-holds.ts";
const GATE = "core/src/testing/memory-gate.ts";
const ADMISSION = "core/src/testing/memory-admission.ts";
const LEDGER = "core/src/testing/memory-ledger.ts";

const NO_CLAIM = patch(
  SWEEP,
  "const lapsed = await parts.holds.lapse(",
  "const lapsed = ((..._ids: unknown[]) => carts.map((hold) => hold.checkoutId))(",
);
const PURCHASE_PAST_DEADLINE = patch(
  ADMISSION,
  'if (hold.mode !== "cart" || nowMs >= hold.deadlineMs) return { kind: "expired" };',
  'if (hold.mode !== "cart") return { kind: "expired" };',
);
const LAPSE_UNDER_NO_LEASE = patch(
  GATE,
  "const reply = this.under({ saleId, epoch }, (opened) => lapse(opened, checkoutIds));",
  "const opening = this.#openingOf(saleId, epoch);\n    const reply = opening ? lapse({ opening, nowMs: this.#clock.nowMs() }, checkoutIds) : SHUT;",
);
const TOMB_OF_ANY_CLAIM = patch(LEDGER, "sale.epoch === guard.claimEpoch && tomb.deadlineMs", "tomb.deadlineMs");

export const CART_MUTANTS: readonly SimulatedMutant[] = [
  {
    name: "expiry-without-claim",
    guard: "the gate claims a cart before it expires",
    patches: [NO_CLAIM],
  },
  {
    name: "purchase-past-deadline",
    guard: "a cart past its deadline cannot be bought",
    argument:
      "A cart that an expiry is to be written for was claimed before, and cannot be bought; without the claim it is this look that holds (purchase-past-deadline-expiry-without-claim).",
    patches: [PURCHASE_PAST_DEADLINE],
  },
  {
    name: "purchase-past-deadline-expiry-without-claim",
    guard: "the purchase's look at the deadline, and the claim beside it",
    patches: [PURCHASE_PAST_DEADLINE, NO_CLAIM],
  },
  {
    name: "purchase-after-claim",
    guard: "a cart that the gate claimed cannot be bought",
    patches: [
      patch(
        ADMISSION,
        'if (hold.mode !== "cart" || nowMs >= hold.deadlineMs) return',
        "if (nowMs >= hold.deadlineMs) return",
      ),
    ],
  },
  {
    name: "purchase-any-cart",
    guard: "the purchase looks at claim and deadline at all",
    patches: [
      patch(ADMISSION, 'if (hold.mode !== "cart" || nowMs >= hold.deadlineMs) return', "if (hold === null) return"),
    ],
  },
  {
    name: "add-to-any-cart",
    guard: "nothing is added to a cart that lapsed or to what was submitted",
    patches: [
      patch(ADMISSION, 'if (hold.mode === "lapsed" || nowMs >= hold.deadlineMs) return { kind: "expired" };', ""),
      patch(ADMISSION, 'if (hold.mode !== "cart") return { kind: "not_a_cart" };', ""),
    ],
  },
  {
    name: "lapse-before-deadline",
    guard: "the gate claims no cart before its deadline",
    argument:
      "The sweep is given a cart only when it is due, which is at its deadline by the same clock, and the ledger waits for the deadline by its own.",
    patches: [
      patch(
        ADMISSION,
        'if (hold?.mode !== "cart" || nowMs < hold.deadlineMs) return',
        'if (hold?.mode !== "cart") return',
      ),
    ],
  },
  {
    name: "lapse-submitted",
    guard: "the gate claims nothing that was submitted",
    patches: [
      patch(
        ADMISSION,
        'if (hold?.mode !== "cart" || nowMs < hold.deadlineMs) return hold?.mode === "lapsed";',
        "if (!hold) return false;",
      ),
    ],
  },
  {
    name: "claim-not-kept",
    guard: "a claimed cart stays claimed",
    patches: [patch(ADMISSION, '    opening.holds.set(id, { ...hold, mode: "lapsed" });\n', "")],
  },
  {
    name: "lapse-without-lease",
    guard: "a claim needs the lease of an open gate",
    argument:
      "A claim under an opening that is over is worth nothing to the ledger, which compares the claim's epoch (tomb-of-any-claim).",
    patches: [LAPSE_UNDER_NO_LEASE],
  },
  {
    name: "tomb-of-any-claim",
    guard: "an expired cart was claimed under the sale's epoch",
    argument:
      "It takes three faults at once to need it: the claim lost with its server, a server whose clock is behind, and a purchase there before the expiry arrives. The ledger's own tests force it (ledger-tomb-any-claim).",
    patches: [TOMB_OF_ANY_CLAIM],
  },
  {
    name: "lapse-without-lease-tomb-of-any-claim",
    guard: "the claim's lease, and behind it the ledger's look at the epoch of the claim",
    patches: [LAPSE_UNDER_NO_LEASE, TOMB_OF_ANY_CLAIM],
  },
  {
    name: "expires-by-gate-time-alone",
    guard: "a cart expires only when the ledger's time agrees",
    patches: [patch(LEDGER, " && tomb.deadlineMs !== null && tomb.deadlineMs <= this.#clock.nowMs()", "")],
  },
  {
    name: "expires-before-settle-until",
    guard: "from settle_until on, by the ledger's time, everything expires, and not before",
    patches: [patch(LEDGER, "return this.#clock.nowMs() >= sale.settleUntilMs;", "return true;")],
  },
];
