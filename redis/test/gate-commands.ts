import type { Demand, Judged } from "@flashgate/core";
import fc from "fast-check";

/** Which opening a command names: the one that counts, the one before, or one that is not there yet. */
export type EpochChoice = "current" | "before" | "after";

/** The terms under which a sale is (re)opened. `late`: its carts come back past their deadline. */
export interface TermsChoice {
  readonly window: "open" | "early" | "over";
  readonly paused: boolean;
  readonly limit: number;
  readonly late: boolean;
}

/** What shoppers ask of the gate. */
export type Ask =
  | {
      readonly act: "reserve";
      readonly sale: number;
      readonly user: string;
      readonly mode: "cart" | "submitted";
      readonly demand: Demand;
      readonly key: string;
      readonly fingerprint: string;
    }
  | {
      readonly act: "add";
      readonly sale: number;
      readonly pick: number;
      readonly stranger: boolean;
      readonly demand: Demand;
    };

/**
 * One step of a sequence, as plain data: `sale` is the first or the second, `pick` chooses among the checkouts and
 * recoveries begun so far, so that a sequence that was cut short still means something.
 */
export type GateCommand =
  | Ask
  /** All at once: the gate may judge them together, in the order in which they were asked. */
  | { readonly act: "crowd"; readonly sale: number; readonly asks: readonly Ask[] }
  | { readonly act: "purchase"; readonly sale: number; readonly pick: number; readonly stranger: boolean }
  | { readonly act: "lapse"; readonly sale: number; readonly epoch: EpochChoice }
  | {
      readonly act: "finalise";
      readonly sale: number;
      readonly epoch: EpochChoice;
      readonly verdicts: readonly { readonly pick: number; readonly state: Judged["verdict"]["state"] }[];
    }
  | { readonly act: "claimDue"; readonly sale: number; readonly epoch: EpochChoice; readonly limit: number }
  | { readonly act: "look"; readonly sale: number; readonly epoch: EpochChoice; readonly limit: number }
  | {
      readonly act: "recover";
      readonly sale: number;
      readonly ahead: number;
      readonly lost: number;
      readonly terms: TermsChoice;
    }
  | { readonly act: "shut"; readonly sale: number; readonly ahead: number; readonly lost: number }
  | { readonly act: "install"; readonly sale: number; readonly pick: number; readonly terms: TermsChoice }
  | { readonly act: "retire"; readonly sale: number; readonly epoch: EpochChoice }
  | { readonly act: "restart" };

/** What each sale starts with: few units, so that a handful of steps sells it out. */
export const STOCK = { a: 1, b: 2, c: 7, d: 0 } as const;
const ITEMS = [...Object.keys(STOCK), "unknown"] as const;

const sale = fc.constantFrom(0, 0, 0, 1);
const pick = fc.constantFrom(0, 0, 0, 0, 0, 1, 1, 2, 4);
const epoch = fc.oneof<[fc.WeightedArbitrary<EpochChoice>, fc.WeightedArbitrary<EpochChoice>]>(
  { weight: 5, arbitrary: fc.constant("current") },
  { weight: 1, arbitrary: fc.constantFrom("before", "after") },
);
const line = fc.record({
  itemId: fc.constantFrom("c", "c", "c", "c", "c", "c", "c", "b", "b", ...ITEMS),
  quantity: fc.constantFrom(1, 1, 1, 1, 2, 3),
});
const demand = fc
  .record({ lines: fc.array(line, { maxLength: 2 }), any: fc.constantFrom(0, 0, 1, 1, 2, 3) })
  .filter(({ lines, any }) => lines.length > 0 || any > 0);
const often = <T>(usual: T, ...others: T[]) => fc.constantFrom(usual, usual, usual, usual, ...others);
const rarely = fc.constantFrom(false, false, false, false, false, false, false, true);
const terms = fc.record({
  window: fc.constantFrom("open", "open", "open", "open", "open", "open", "early", "over"),
  paused: rarely,
  limit: fc.constantFrom(3, 5, 8),
  late: fc.boolean(),
});
/** One in four of the survivors is lost, or none. */
const lost = often(0, 1);
const verdict = fc.record({
  pick,
  state: fc.constantFrom<Judged["verdict"]["state"][]>("confirmed", "confirmed", "cancelled", "expired", "rejected"),
});
const act = <Act extends GateCommand["act"]>(name: Act) => fc.constant(name);

const reserve: fc.Arbitrary<Ask> = fc.record({
  act: act("reserve"),
  sale,
  user: fc.constantFrom("u", "u", "u", "v", "v", "w"),
  mode: fc.constantFrom("cart", "submitted"),
  demand,
  key: fc.constantFrom("", "", "", "k", "k", "k|l"),
  fingerprint: often("f", "g"),
});

const add: fc.Arbitrary<Ask> = fc.record({ act: act("add"), sale, pick, stranger: rarely, demand });

const crowd: fc.Arbitrary<GateCommand> = fc
  .record({ sale, asks: fc.array(fc.oneof({ weight: 3, arbitrary: reserve }, add), { minLength: 2, maxLength: 6 }) })
  .map(({ sale, asks }) => ({ act: "crowd", sale, asks: asks.map((ask) => ({ ...ask, sale })) }));

/** A step; those that shoppers take most come most. */
const command: fc.Arbitrary<GateCommand> = fc.oneof(
  { weight: 20, arbitrary: reserve },
  { weight: 9, arbitrary: add },
  { weight: 9, arbitrary: crowd },
  { weight: 8, arbitrary: fc.record({ act: act("purchase"), sale, pick, stranger: rarely }) },
  { weight: 5, arbitrary: fc.record({ act: act("lapse"), sale, epoch }) },
  {
    weight: 10,
    arbitrary: fc.record({
      act: act("finalise"),
      sale,
      epoch,
      verdicts: fc.array(verdict, { minLength: 1, maxLength: 3 }),
    }),
  },
  { weight: 4, arbitrary: fc.record({ act: act("claimDue"), sale, epoch, limit: fc.constantFrom(1, 10) }) },
  { weight: 3, arbitrary: fc.record({ act: act("look"), sale, epoch, limit: fc.constantFrom(1, 10) }) },
  { weight: 4, arbitrary: fc.record({ act: act("recover"), sale, ahead: often(1, 0, 2), lost, terms }) },
  { weight: 1, arbitrary: fc.record({ act: act("shut"), sale, ahead: often(1, 0, 2), lost }) },
  { weight: 2, arbitrary: fc.record({ act: act("install"), sale, pick: fc.nat({ max: 2 }), terms }) },
  { weight: 1, arbitrary: fc.record({ act: act("retire"), sale, epoch }) },
  { weight: 1, arbitrary: fc.record({ act: act("restart") }) },
);

/** The steps of one sequence: some to fill a gate, and then whatever comes, of one sale or of two. */
export const commands: fc.Arbitrary<readonly GateCommand[]> = fc
  .tuple(
    fc.array(reserve, { minLength: 2, maxLength: 5 }),
    fc.array(command, { minLength: 6, maxLength: 16, size: "max" }),
    fc.boolean(),
  )
  .map(([first, then, alone]) => {
    const steps = [...first, ...then];
    return alone ? steps.map((step) => (step.act === "restart" ? step : { ...step, sale: 0 })) : steps;
  });
