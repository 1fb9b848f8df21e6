import { Counter, type Registry } from "prom-client";

export interface CounterOptions<Member extends string> {
  readonly name: string;
  readonly help: string;
  readonly label: string;
  /** The whole union, so that each member is exported as 0 before it happens for the first time. */
  readonly members: Readonly<Record<Member, true>>;
}

/** One series: add to its `count`. */
export interface Tally {
  count: number;
}

/**
 * A counter over a closed union. prom-client hashes labels and allocates whenever it counts (0.15 µs to 0.5 µs); here
 * counting is an addition, and prom-client is told at the scrape.
 */
export function createCounter<Member extends string>(
  registry: Registry,
  { name, help, label, members }: CounterOptions<Member>,
): Readonly<Record<Member, Tally>> {
  const tallies = Object.fromEntries(Object.keys(members).map((member) => [member, { count: 0 }]));
  new Counter({
    name,
    help,
    labelNames: [label],
    registers: [registry],
    collect() {
      this.reset();
      for (const [member, { count }] of Object.entries(tallies)) this.inc({ [label]: member }, count);
    },
  });
  return tallies as Record<Member, Tally>;
}
