import type { Hold, HoldMode, Ledger, SalePlan, Tomb, TombGuard } from "@flashgate/core";
import fc from "fast-check";
import { comparable, freshCheckoutId, type Move, perform, tombOf } from "./ledger-moves.ts";

/** Which epoch somebody believes to be the sale's: the one it is, or the one before. */
type EpochChoice = "current" | "before";

/** What one actor of a round wants. Checkouts are named by their place among the sequence's. */
export type Wish =
  | { readonly wish: "page"; readonly picks: readonly number[]; readonly epoch: EpochChoice }
  | { readonly wish: "one"; readonly pick: number; readonly epoch: EpochChoice }
  | {
      readonly wish: "bury";
      readonly picks: readonly number[];
      readonly verdict: Tomb["verdict"];
      readonly guard: TombGuard["kind"];
      readonly epoch: EpochChoice;
    }
  | { readonly wish: "recover"; readonly picks: readonly number[]; readonly epoch: EpochChoice }
  | { readonly wish: "begin"; readonly epoch: EpochChoice }
  | { readonly wish: "adopt"; readonly picks: readonly number[]; readonly epoch: EpochChoice }
  | { readonly wish: "close" };

/** Wishes that are tried at the same time, after all have been made to wait for a row, where one is named. */
export interface Round {
  readonly wishes: readonly Wish[];
  readonly stop: "item" | "sale" | null;
}

/** A sale, its checkouts and what becomes of them. `over`: its settle_until has passed. */
export interface Sequence {
  readonly over: boolean;
  readonly limit: number;
  readonly holds: readonly Hold[];
  readonly rounds: readonly Round[];
}

/** Everything of an actor is decided before the round, but what its second step takes from the answer to its first. */
export interface Actor {
  readonly name: string;
  /** Its transactions, in order, each as one step on whatever ledger it is given. */
  steps(): readonly ((ledger: Ledger, saleId: string) => Promise<unknown>)[];
}

export function planOf({ over, limit }: Sequence, saleId: string): SalePlan {
  const [closesAtMs, settleUntilMs] = over ? [5_000, 6_000] : [FAR_MS, FAR_MS];
  return { id: saleId, opensAtMs: 500, closesAtMs, settleUntilMs, limitPerUser: limit };
}

/** Beyond every test's end, and what was over long before it. */
const FAR_MS = 4_000_000_000_000;

/** What a wish comes to when the sale's epoch is that. */
export function actorOf(wish: Wish, { holds }: Sequence, saleEpoch: number): Actor {
  const epoch = "epoch" in wish && wish.epoch === "before" ? saleEpoch - 1 : saleEpoch;
  const picked = (picks: readonly number[]) => [...new Set(picks.flatMap((pick) => holds[pick % holds.length] ?? []))];
  const step = (move: Move) => ({
    name: wish.wish,
    steps: () => [(ledger: Ledger, id: string) => perform(ledger, id, move)],
  });
  switch (wish.wish) {
    case "page":
      return step({ act: "settleAll", epoch, holds: picked(wish.picks) });
    case "one":
      return step({ act: "settleOne", epoch, hold: picked([wish.pick])[0] as Hold });
    case "bury": {
      const guard: TombGuard =
        wish.guard === "cart_deadline" ? { kind: wish.guard, claimEpoch: epoch } : { kind: wish.guard };
      return step({ act: "entomb", tombs: picked(wish.picks).map((hold) => tombOf(hold, epoch, wish.verdict)), guard });
    }
    case "begin":
      return step({ act: "beginRecovery", seenEpoch: epoch });
    case "adopt":
      return step({ act: "adopt", epoch, survivors: picked(wish.picks).map(grown) });
    case "recover":
      return { name: wish.wish, steps: () => recovery(epoch, picked(wish.picks)) };
    case "close":
      return step({ act: "close" });
  }
}

/** (a) and (c) of a recovery that began at `seenEpoch`; without the first there is no second. */
function recovery(seenEpoch: number, survivors: readonly Hold[]) {
  let epoch: number | null = null;
  return [
    async (ledger: Ledger, saleId: string) => {
      const begun = await ledger.beginRecovery(saleId, seenEpoch);
      if (begun.kind === "begun") epoch = begun.epoch;
      return comparable(begun);
    },
    async (ledger: Ledger, saleId: string) =>
      epoch === null ? "not begun" : perform(ledger, saleId, { act: "adopt", epoch, survivors }),
  ];
}

/** A gate may know more of a cart than its row: what it took since. */
function grown(hold: Hold): Hold {
  if (hold.mode !== "cart" || hold.lines.some((line) => line.itemId === "c")) return hold;
  return { ...hold, lines: [...hold.lines, { itemId: "c", quantity: 1 }] };
}

const pick = fc.nat({ max: 6 });
const picks = fc.oneof(fc.array(pick, { minLength: 1, maxLength: 1 }), fc.array(pick, { minLength: 1, maxLength: 3 }));
const epoch = fc.constantFrom<EpochChoice[]>("current", "current", "current", "current", "before");
const verdict = fc.constantFrom<Tomb["verdict"][]>(
  { state: "cancelled" },
  { state: "expired" },
  { state: "rejected", reason: "gate_lost" },
);
const guard = fc.constantFrom<TombGuard["kind"][]>("none", "none", "absent", "cart_deadline", "settle_until");
const wishNamed = <Name extends Wish["wish"]>(name: Name) => fc.constant(name);
const wish: fc.Arbitrary<Wish> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ wish: wishNamed("page"), picks, epoch }) },
  { weight: 5, arbitrary: fc.record({ wish: wishNamed("one"), pick, epoch }) },
  { weight: 4, arbitrary: fc.record({ wish: wishNamed("bury"), picks, verdict, guard, epoch }) },
  { weight: 4, arbitrary: fc.record({ wish: wishNamed("recover"), picks, epoch }) },
  { weight: 1, arbitrary: fc.record({ wish: wishNamed("begin"), epoch }) },
  { weight: 1, arbitrary: fc.record({ wish: wishNamed("adopt"), picks, epoch }) },
  { weight: 1, arbitrary: fc.record({ wish: wishNamed("close") }) },
);
const round: fc.Arbitrary<Round> = fc.record({
  wishes: fc.oneof(
    { weight: 1, arbitrary: fc.array(wish, { minLength: 1, maxLength: 1 }) },
    { weight: 3, arbitrary: fc.array(wish, { minLength: 2, maxLength: 3 }) },
  ),
  stop: fc.constantFrom("item", "sale", null, null),
});
const hold: fc.Arbitrary<Hold> = fc
  .record({
    userId: fc.constantFrom("u", "u", "v", "w"),
    mode: fc.constantFrom<HoldMode[]>("submitted", "submitted", "cart", "lapsed"),
    itemId: fc.constantFrom("a", "b", "c", "c", "c"),
    quantity: fc.constantFrom(1, 1, 2),
    key: fc.constantFrom("", "", "k"),
    late: fc.boolean(),
  })
  .map(({ itemId, quantity, late, key, ...rest }) => ({
    ...rest,
    key,
    checkoutId: "",
    lines: [{ itemId, quantity: itemId === "c" ? quantity : 1 }],
    fingerprint: key === "" ? "" : "print",
    sinceMs: 1_000,
    deadlineMs: late ? 2_000 : FAR_MS - 1,
  }));

export const sequences: fc.Arbitrary<Sequence> = fc.record({
  over: fc.boolean(),
  limit: fc.constantFrom(1, 3, 3, 5),
  holds: fc
    .array(hold, { minLength: 3, maxLength: 6 })
    .map((holds) => holds.map((each) => ({ ...each, checkoutId: freshCheckoutId() }))),
  rounds: fc.array(round, { minLength: 3, maxLength: 7, size: "max" }),
});
