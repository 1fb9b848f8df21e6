import type { BooksReading, Clock, GatesReading, QueueDepth, TelemetryEvent } from "@flashgate/core";
import type { Registry } from "prom-client";
import { createGauge, createGauges } from "./gauge.ts";

type GatesObserved = Extract<TelemetryEvent, { kind: "gates_observed" }>;
type Watched = "gates" | "queue" | "books";

/**
 * What was seen last of gates, queue and books. These are facts of the stores, the same from every scheduler: whoever
 * asks aggregates with max or min, never with sum. What could not be read last is not exported, but for what the books
 * said: nobody mended an oversale by taking the ledger away.
 */
export class SharedFacts {
  readonly #clock: Clock;
  readonly #seenMs: Record<Watched, number>;
  #gates: GatesReading | null = null;
  #rotationDelayMs: number | null = null;
  #depth: QueueDepth | null = null;
  #books: BooksReading | null = null;
  #oldestHoldAgeMs = 0;

  constructor(registry: Registry, clock: Clock) {
    this.#clock = clock;
    const nowMs = clock.nowMs();
    this.#seenMs = { gates: nowMs, queue: nowMs, books: nowMs };
    this.#exportGates(registry);
    this.#exportQueue(registry);
    this.#exportBooks(registry);
    createGauges<Watched>(registry, {
      name: "flashgate_observation_age_seconds",
      help: "Since gates, queue or books were last read; it grows while a store is away.",
      label: "of",
      read: () => {
        const now = clock.nowMs();
        return (["gates", "queue", "books"] as const).map((of) => [of, secondsOf(now - this.#seenMs[of])] as const);
      },
    });
  }

  gates({ gates, rotationDelayMs }: GatesObserved): void {
    this.#gates = gates;
    this.#rotationDelayMs = rotationDelayMs;
    if (gates.totals) this.#seenMs.gates = this.#clock.nowMs();
  }

  queue(depth: QueueDepth | null): void {
    this.#depth = depth;
    if (depth) this.#seenMs.queue = this.#clock.nowMs();
  }

  books(books: BooksReading): void {
    const nowMs = this.#clock.nowMs();
    this.#books = books;
    this.#oldestHoldAgeMs = books.oldestHoldMs === null ? 0 : nowMs - books.oldestHoldMs;
    this.#seenMs.books = nowMs;
  }

  #exportGates(registry: Registry): void {
    createGauges<"available" | "held" | "sold">(registry, {
      name: "flashgate_stock_items",
      help: "Units of the sales that are on, as their gates count them.",
      label: "state",
      read: () => {
        const totals = this.#gates?.totals;
        if (!totals) return [];
        return (["available", "held", "sold"] as const).map((state) => [state, totals[state]] as const);
      },
    });
    createGauge(registry, {
      name: "flashgate_gate_open",
      help: "1 where every sale that is on has its gate open, and where none is on; 0 where one is shut or Redis is away.",
      read: () => this.#gates && Number(this.#gates.open),
    });
    createGauge(registry, {
      name: "flashgate_gate_epoch",
      help: "The highest epoch of the sales that are on; 0 where none is.",
      read: () => this.#gates?.epoch ?? null,
    });
    createGauge(registry, {
      name: "flashgate_sale_rotation_delay_seconds",
      help: "How late this hour's sale is in opening; 0 once it is open, and where no hourly sales are wanted.",
      read: () => this.#rotationDelayMs && secondsOf(this.#rotationDelayMs),
    });
  }

  #exportQueue(registry: Registry): void {
    createGauges<"waiting" | "active" | "delayed" | "failed">(registry, {
      name: "flashgate_queue_jobs",
      help: "Page jobs in the queue.",
      label: "state",
      read: () => {
        const depth = this.#depth;
        if (!depth) return [];
        return (["waiting", "active", "delayed", "failed"] as const).map((state) => [state, depth[state]] as const);
      },
    });
    createGauge(registry, {
      name: "flashgate_queue_oldest_job_age_seconds",
      help: "Age of the oldest page job that is not done; 0 where there is none.",
      read: () => this.#depth && ageSecondsOf(this.#depth.oldestAtMs, this.#clock.nowMs()),
    });
  }

  #exportBooks(registry: Registry): void {
    createGauge(registry, {
      name: "flashgate_oversold_items",
      help: "Units sold or held past the stock of their item, by the ledger's rows. More than 0 is a page.",
      read: () => this.#books?.oversoldUnits ?? null,
    });
    createGauge(registry, {
      name: "flashgate_drift_items",
      help: "Places where a counter is not the sum of its rows, or gate and ledger differ that should not.",
      read: () => this.#books?.drifts ?? null,
    });
    createGauge(registry, {
      name: "flashgate_oldest_hold_age_seconds",
      help: "Age of the oldest hold when the books were last read; 0 where nothing was held.",
      read: () => this.#books && secondsOf(this.#oldestHoldAgeMs),
    });
  }
}

function ageSecondsOf(sinceMs: number | null, nowMs: number): number {
  return sinceMs === null ? 0 : secondsOf(nowMs - sinceMs);
}

/** Never below zero: what is old by one clock may be of the future by another. */
function secondsOf(ms: number): number {
  return Math.max(0, ms) / 1_000;
}
