import { Random } from "@flashgate/core/simulation";

/** The seeded chance of a siege: of what the crowd wants, and of what befalls the fleet. */
export class Dice extends Random {
  /** A whole number in [0, count). */
  below(count: number): number {
    return this.int(0, count - 1);
  }

  /** In [from, to). */
  between(from: number, to: number): number {
    return from + this.next() * (to - from);
  }
}
