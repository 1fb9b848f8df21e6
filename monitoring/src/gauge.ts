import { Gauge, type Registry } from "prom-client";

export interface GaugeOptions {
  readonly name: string;
  readonly help: string;
  /** Null where it is not known: nothing is exported then. */
  readonly read: () => number | null;
}

/** A gauge that is read at the scrape, and costs nothing between. */
export function createGauge(registry: Registry, { name, help, read }: GaugeOptions): void {
  new Gauge({
    name,
    help,
    registers: [registry],
    collect() {
      const value = read();
      if (value === null) this.remove();
      else this.set(value);
    },
  });
}

type Readings<Member extends string> = readonly (readonly [member: Member, value: number])[];

export interface GaugesOptions<Member extends string> {
  readonly name: string;
  readonly help: string;
  readonly label: string;
  /** A member that is left out is not exported. */
  readonly read: () => Readings<Member> | Promise<Readings<Member>>;
}

/** The same with a series for each member of a closed union. */
export function createGauges<Member extends string>(
  registry: Registry,
  { name, help, label, read }: GaugesOptions<Member>,
): void {
  new Gauge({
    name,
    help,
    labelNames: [label],
    registers: [registry],
    async collect() {
      const readings = await read();
      this.reset();
      for (const [member, value] of readings) this.set({ [label]: member }, value);
    },
  });
}
