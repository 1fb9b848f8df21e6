import { Counter, type Registry } from "prom-client";

export interface ContestMetrics {
  checkoutAttempted(): void;
  purchased(): void;
}

/** `checkout_attempts_total` and `purchase_success_total`, the names that the contest's tools look for. */
export function createContestMetrics(registry: Registry): ContestMetrics {
  const attempts = new Counter({
    name: "checkout_attempts_total",
    help: "Checkouts asked for through the contest API.",
    registers: [registry],
  });
  const purchases = new Counter({
    name: "purchase_success_total",
    help: "Codes of the contest API whose purchase was confirmed.",
    registers: [registry],
  });
  return { checkoutAttempted: () => attempts.inc(), purchased: () => purchases.inc() };
}
