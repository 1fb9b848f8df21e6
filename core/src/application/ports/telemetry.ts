import type { Verdict } from "../../domain/checkout.ts";
import type { AttemptOutcome } from "../../domain/outcomes.ts";
import type { BooksReading, GatesReading } from "../../domain/readings.ts";
import type { QueueDepth } from "./queue-reader.ts";

/** What the business tells whoever watches it. Labels come from closed unions only; never a user, item or ticket. */
export type TelemetryEvent =
  | {
      readonly kind: "attempt";
      readonly saleId: string;
      readonly outcome: AttemptOutcome;
      readonly gateMs: number;
    }
  | {
      readonly kind: "page_settled";
      readonly saleId: string;
      readonly epoch: number;
      /** Checkouts the page brought, and how many of them were still held. */
      readonly checkouts: number;
      readonly held: number;
      readonly contested: boolean;
      readonly verdicts: readonly (Verdict & { readonly lagMs: number })[];
    }
  | {
      readonly kind: "checkout_poisoned";
      readonly saleId: string;
      readonly checkoutId: string;
      readonly error: unknown;
    }
  /** A checkout failed for the `TRIES_MAX`-th time, or again after a retry: it waits for somebody. */
  | {
      readonly kind: "dead_letter";
      readonly saleId: string;
      readonly checkoutId: string;
      readonly tries: number;
      readonly cause: string;
    }
  /** A hold in the gate that nobody can read: it is left out of everything until a recovery drops it. */
  | { readonly kind: "hold_unreadable"; readonly saleId: string; readonly checkoutId: string }
  | {
      readonly kind: "gate_opened";
      readonly saleId: string;
      readonly epoch: number;
      readonly adopted: number;
      readonly tookMs: number;
    }
  | {
      readonly kind: "swept";
      readonly saleId: string;
      readonly finalised: number;
      readonly paged: number;
      readonly expired: number;
    }
  /** A shopper gave a checkout up that had no verdict. */
  | { readonly kind: "checkout_cancelled" }
  /** How the sales that are on stand, and how late this hour's is in opening. */
  | { readonly kind: "gates_observed"; readonly gates: GatesReading; readonly rotationDelayMs: number }
  /** The queue as it is; null: it cannot be asked. */
  | { readonly kind: "queue_observed"; readonly depth: QueueDepth | null }
  | { readonly kind: "books_observed"; readonly books: BooksReading }
  | { readonly kind: "sale_scheduled"; readonly saleId: string }
  | { readonly kind: "sale_closed"; readonly saleId: string }
  | { readonly kind: "gate_retired"; readonly saleId: string }
  /** A sale was taken out of everything that is read; then some of its rows went; then nothing was left of it. */
  | { readonly kind: "sale_removal_begun"; readonly saleId: string }
  | { readonly kind: "rows_removed"; readonly rows: number }
  | { readonly kind: "sale_removed"; readonly saleId: string }
  /** Somebody looked for sales to remove, and did what was to be done, or failed. */
  | { readonly kind: "retention_ran"; readonly failed: boolean };

export interface Telemetry {
  emit(event: TelemetryEvent): void;
}
