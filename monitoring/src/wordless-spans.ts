import type { Context } from "@opentelemetry/api";
import type { ReadableSpan, SpanProcessor } from "@opentelemetry/sdk-trace-node";

type Started = Parameters<SpanProcessor["onStart"]>[0];

/** What an event of a span may say. An error's message may quote a row, and a row names its user. */
const KEPT = new Set(["exception.type", "bullmq.job.id"]);

/** Takes the words out of what BullMQ records of errors, before spans leave the process. */
export class WordlessSpans implements SpanProcessor {
  readonly #next: SpanProcessor;

  constructor(next: SpanProcessor) {
    this.#next = next;
  }

  onStart(span: Started, context: Context): void {
    this.#next.onStart(span, context);
  }

  onEnd(span: ReadableSpan): void {
    for (const event of span.events) {
      event.attributes = Object.fromEntries(Object.entries(event.attributes ?? {}).filter(([name]) => KEPT.has(name)));
    }
    this.#next.onEnd(span);
  }

  forceFlush(): Promise<void> {
    return this.#next.forceFlush();
  }

  shutdown(): Promise<void> {
    return this.#next.shutdown();
  }
}
