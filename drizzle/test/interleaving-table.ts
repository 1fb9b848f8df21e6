import type { Hold } from "@flashgate/core";
import { freshCheckoutId, type Move, tombOf } from "./ledger-moves.ts";

/** What a transaction may be stopped before: the rows it locks, in the order in which every one of them does. */
export const STOPS = ["checkout", "buyer", "item", "sale"] as const;
export type Stop = (typeof STOPS)[number];

/** The checkout a move is about, and another that its page brings along. */
interface About {
  readonly hold: Hold;
  readonly beside: Hold;
}

/**
 * How things stand when the two moves meet. `adopted`: the checkout's row is held. `recovering`: a recovery has begun and
 * adopted nothing yet. `other`: what the second move is about, where it is not the first one's own checkout.
 */
export interface Scene {
  readonly name: string;
  readonly adopted: boolean;
  readonly recovering: boolean;
  readonly limit: number;
  readonly first: About;
  readonly other: About;
}

export type MoveName =
  | "settle a page"
  | "settle one"
  | "cancel"
  | "expire a cart"
  | "expire at settle_until"
  | "conclude a ticket"
  | "begin a recovery"
  | "adopt"
  | "close";

/** What each move asks of the ledger. Recoveries adopt the first move's page, whichever of the two they are. */
export const MOVES: Readonly<Record<MoveName, (about: About, scene: Scene) => Move>> = {
  "settle a page": ({ hold, beside }) => ({ act: "settleAll", epoch: 1, holds: [hold, beside] }),
  "settle one": ({ hold }) => ({ act: "settleOne", epoch: 1, hold }),
  cancel: ({ hold }) => ({ act: "entomb", tombs: [tombOf(hold, 1, { state: "cancelled" })], guard: { kind: "none" } }),
  "expire a cart": ({ hold }) => ({
    act: "entomb",
    tombs: [tombOf(hold, 1, { state: "expired" })],
    guard: { kind: "cart_deadline", claimEpoch: 1 },
  }),
  "expire at settle_until": ({ hold }) => ({
    act: "entomb",
    tombs: [tombOf(hold, 1, { state: "expired" })],
    guard: { kind: "settle_until" },
  }),
  "conclude a ticket": ({ hold }) => ({
    act: "entomb",
    tombs: [{ ...tombOf(hold, 1, { state: "rejected", reason: "gate_lost" }), key: "", fingerprint: "" }],
    guard: { kind: "absent" },
  }),
  "begin a recovery": (_about, { recovering }) => ({ act: "beginRecovery", seenEpoch: recovering ? 2 : 1 }),
  adopt: (_about, { first }) => ({ act: "adopt", epoch: 2, survivors: [grown(first.hold), first.beside] }),
  close: () => ({ act: "close" }),
};

/** A cart that took one more unit since its row was written. */
function grown(hold: Hold): Hold {
  return { ...hold, lines: [...hold.lines, { itemId: "c", quantity: 1 }] };
}

type Halts = readonly Stop[] | string;

/**
 * Where each move waits when another transaction has the row, by scene: rows that it never locks, or why it locks none.
 * A move that does not wait where the table says so, or waits where it does not, fails its cell.
 */
const HALTS: Readonly<Record<MoveName, Readonly<Record<"open" | "held" | "recovering" | "recovering, held", Halts>>>> =
  {
    "settle a page": {
      open: STOPS,
      held: STOPS,
      recovering: "reads that the sale is not open under its epoch, and contests",
      "recovering, held": "reads that the sale is not open under its epoch, and contests",
    },
    "settle one": {
      open: STOPS,
      held: STOPS,
      recovering: ["checkout", "buyer", "item"],
      "recovering, held": ["checkout", "buyer", "item"],
    },
    cancel: {
      open: ["checkout"],
      held: ["checkout", "item", "sale"],
      recovering: ["checkout"],
      "recovering, held": ["checkout", "item", "sale"],
    },
    "expire a cart": {
      open: ["checkout", "sale"],
      held: ["checkout", "item", "sale"],
      recovering: "reads that the epoch of its claim is over, and buries nothing",
      "recovering, held": "reads that the epoch of its claim is over, and buries nothing",
    },
    "expire at settle_until": {
      open: ["checkout"],
      held: ["checkout", "item", "sale"],
      recovering: ["checkout"],
      "recovering, held": ["checkout", "item", "sale"],
    },
    "conclude a ticket": {
      open: ["checkout"],
      held: "finds a row, which it leaves as it is whoever has it locked",
      recovering: ["checkout"],
      "recovering, held": "finds a row, which it leaves as it is whoever has it locked",
    },
    "begin a recovery": { open: ["sale"], held: ["sale"], recovering: ["sale"], "recovering, held": ["sale"] },
    adopt: {
      open: "reads that no recovery of its epoch is under way, and is superseded",
      held: "reads that no recovery of its epoch is under way, and is superseded",
      recovering: ["checkout", "item", "sale"],
      "recovering, held": ["checkout", "item", "sale"],
    },
    close: {
      open: ["sale"],
      held: ["checkout", "item", "sale"],
      recovering: ["sale"],
      "recovering, held": ["checkout", "item", "sale"],
    },
  };

/** Where a move halts in a scene. Where it does not: why. */
export function haltOf(move: MoveName, { adopted, recovering }: Scene, stop: Stop): "halts" | string {
  const halts = HALTS[move][recovering ? (adopted ? "recovering, held" : "recovering") : adopted ? "held" : "open"];
  if (typeof halts === "string") return `${move} ${halts}`;
  return halts.includes(stop) ? "halts" : `${move} locks no row of that kind here`;
}

/** Every scene, with checkouts of its own. The window is over, so that nothing depends on the time. */
export function scenes(): Scene[] {
  const hold = (userId: string, itemId: string, key = ""): Hold => ({
    checkoutId: freshCheckoutId(),
    userId,
    mode: "submitted",
    lines: [{ itemId, quantity: 1 }],
    key,
    fingerprint: key === "" ? "" : "print",
    sinceMs: 1_000,
    deadlineMs: 2_000,
  });
  const about = (userId: string, itemId: string, key?: string): About => {
    return { hold: hold(userId, itemId, key), beside: hold(`with-${userId}`, "c") };
  };
  const same = { limit: 3, adopted: false, recovering: false };
  const one = (name: string, over: Partial<typeof same>): Scene => {
    const first = { hold: hold("u", "a", "k"), beside: hold("v", "b") };
    return { name, ...same, ...over, first, other: first };
  };
  return [
    one("one checkout", {}),
    one("one adopted checkout", { adopted: true }),
    one("one checkout, recovering", { recovering: true }),
    one("one adopted checkout, recovering", { adopted: true, recovering: true }),
    { name: "two checkouts, one unit", ...same, first: about("u", "a"), other: about("w", "a") },
    {
      name: "two checkouts of a user with one unit to go",
      ...same,
      limit: 1,
      first: about("u", "a"),
      other: about("u", "b"),
    },
    { name: "two checkouts of one key", ...same, first: about("u", "a", "k"), other: about("u", "b", "k") },
  ];
}
