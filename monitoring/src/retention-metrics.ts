import type { Clock } from "@flashgate/core";
import { Counter, type Registry } from "prom-client";
import { createGauge } from "./gauge.ts";

/** What a scheduler did to sales that are past their retention. Once per registry. */
export class RetentionMetrics {
  readonly #clock: Clock;
  readonly #sales: Counter;
  readonly #rows: Counter;
  readonly #failures: Counter;
  #ranAtMs: number | null = null;

  constructor(registry: Registry, clock: Clock) {
    this.#clock = clock;
    const counter = (name: string, help: string) => new Counter({ name, help, registers: [registry] });
    this.#sales = counter("flashgate_removed_sales_total", "Sales past their retention of which nothing is left.");
    this.#rows = counter("flashgate_removed_rows_total", "Rows of such sales that were removed, of any table.");
    this.#failures = counter(
      "flashgate_retention_failures_total",
      "Times that removing sales failed; it is tried again.",
    );
    createGauge(registry, {
      name: "flashgate_retention_last_run_timestamp_seconds",
      help: "When sales to remove were last looked for without a failure; not there where all are kept.",
      read: () => this.#ranAtMs && this.#ranAtMs / 1_000,
    });
  }

  rows(count: number): void {
    this.#rows.inc(count);
  }

  sale(): void {
    this.#sales.inc();
  }

  ran(failed: boolean): void {
    if (failed) this.#failures.inc();
    else this.#ranAtMs = this.#clock.nowMs();
  }
}
