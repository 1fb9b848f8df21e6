import type { QueueOptions } from "bullmq";

/** How pages are traced on their way through the queue, where somebody traces. */
export interface PageTracing {
  readonly telemetry: NonNullable<QueueOptions["telemetry"]>;
  /** How another process goes on with the present trace; undefined where it is not kept. */
  traceparent(): string | undefined;
  /** Runs the settlement of a page as a span of the traces of its shoppers. */
  settling<Result>(traceparents: readonly string[], settle: () => Promise<Result>): Promise<Result>;
}
