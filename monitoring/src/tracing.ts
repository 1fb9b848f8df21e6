import type { BullMQOtel } from "bullmq-otel";
import type { Service } from "./registry.ts";

export interface Tracing {
  /** For queues and their workers: spans of each page's way through the queue. */
  readonly queue: BullMQOtel;
  /** The trace that the present call belongs to. */
  readonly traceId: () => string | undefined;
  /** Sends what is left. Bounded by the exporter. */
  close(): Promise<void>;
}

/**
 * Traces pages through BullMQ and sends the spans to an OpenTelemetry collector (OTLP over HTTP, `<endpoint>/v1/traces`).
 * The libraries are loaded here, and only here: where nobody traces, they cost nothing.
 */
export async function openTracing(service: Service, endpoint: string): Promise<Tracing> {
  const [{ trace }, { resourceFromAttributes }, { BatchSpanProcessor, NodeTracerProvider }, otlp, { BullMQOtel }] =
    await Promise.all([
      import("@opentelemetry/api"),
      import("@opentelemetry/resources"),
      import("@opentelemetry/sdk-trace-node"),
      import("@opentelemetry/exporter-trace-otlp-http"),
      import("bullmq-otel"),
    ]);
  const name = `flashgate-${service}`;
  const exporter = new otlp.OTLPTraceExporter({ url: `${endpoint.replace(/\/+$/, "")}/v1/traces` });
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ "service.name": name }),
    spanProcessors: [new BatchSpanProcessor(exporter)],
  });
  provider.register();
  return {
    queue: new BullMQOtel({ traces: { name } }),
    traceId: () => trace.getActiveSpan()?.spanContext().traceId,
    close: () => provider.shutdown(),
  };
}
