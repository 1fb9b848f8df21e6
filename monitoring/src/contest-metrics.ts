import { Counter, Registry } from "prom-client";

export interface ContestMetrics {
  /** Told of each code whose purchase was confirmed. */
  purchased(): void;
  /** What the contest's tools are shown: everything of the registry, with this process's own purchases. */
  page(): Promise<{ readonly type: string; readonly text: string }>;
}

/**
 * Metrics as the contest's tools expect them of one address. `purchase_success_total` is the worker's, who judges, and
 * stays so on the ops ports; the contest's tools look for it here, where codes are bought.
 */
export function createContestMetrics(registry: Registry): ContestMetrics {
  const own = new Registry();
  const purchases = new Counter({
    name: "purchase_success_total",
    help: "Codes whose purchase was confirmed.",
    registers: [own],
  });
  return {
    purchased: () => purchases.inc(),
    page: async () => {
      const texts = await Promise.all([registry.metrics(), own.metrics()]);
      return { type: registry.contentType, text: texts.map((text) => `${text.trimEnd()}\n`).join("\n") };
    },
  };
}
