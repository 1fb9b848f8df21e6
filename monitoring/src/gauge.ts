import { Gauge, type Registry } from "prom-client";

/** A gauge that is read at the scrape, and costs nothing between. */
export function createGauge(
  registry: Registry,
  { name, help, read }: { readonly name: string; readonly help: string; readonly read: () => number },
): void {
  new Gauge({
    name,
    help,
    registers: [registry],
    collect() {
      this.set(read());
    },
  });
}
