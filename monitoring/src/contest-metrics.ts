import { Counter, Registry } from "prom-client";

/** Counted by who judges; the contest's tools ask who sells, and look for it there. */
const PURCHASES = "purchase_success_total";

export interface ContestMetrics {
  /** Told of each code whose purchase was confirmed. */
  purchased(): void;
  /** What the contest's tools are shown: everything of the registry, with this process's own purchases. */
  page(): Promise<{ readonly type: string; readonly text: string }>;
}

/**
 * Metrics as the contest's tools expect them of one address. `purchase_success_total` is the worker's, and stays so on
 * the ops ports: summed over all processes it counts each purchase once.
 */
export function createContestMetrics(registry: Registry): ContestMetrics {
  const own = new Registry();
  const purchases = new Counter({ name: PURCHASES, help: "Codes whose purchase was confirmed.", registers: [own] });
  return {
    purchased: () => purchases.inc(),
    page: async () => {
      const names = registry.getMetricsAsArray().map(({ name }) => name);
      const shared = names.filter((name) => name !== PURCHASES).map((name) => registry.getSingleMetricAsString(name));
      const texts = await Promise.all([...shared, own.metrics()]);
      return { type: registry.contentType, text: texts.map((text) => `${text.trimEnd()}\n`).join("\n") };
    },
  };
}
