import type { BullMQOtel } from "bullmq-otel";
import type { Service } from "./registry.ts";

/** A request, as its span is named. */
export interface TracedRequest {
  readonly method: string;
  /** The pattern that it matched, never its path. */
  readonly route: string;
  /** What the client says its request belongs to (W3C Trace Context). */
  readonly traceparent: string | undefined;
}

/** Spans tell of sales, checkouts and pages, never of users. */
export interface Tracing {
  /** For BullMQ: each page's way through the queue. */
  readonly telemetry: BullMQOtel;
  /** Runs what answers a request as a span of the client's trace, or of a new one. */
  answering(request: TracedRequest, answer: () => Promise<void>): Promise<void>;
  /** Says of the present span what came of it. */
  tell(facts: Readonly<Record<string, string | number | undefined>>, isFault: boolean): void;
  traceId(): string | undefined;
  /** How another process goes on with the present trace; undefined where it is not kept. */
  traceparent(): string | undefined;
  /** Runs the settlement of a page as a span of each of these traces. Rejects as `settle` does. */
  settling<Result>(traceparents: readonly string[], settle: () => Promise<Result>): Promise<Result>;
  /** Sends what is left, a few seconds at most. Never rejects. */
  close(): Promise<void>;
}

/**
 * Opens tracing where the environment asks for it, as OpenTelemetry names it: `OTEL_EXPORTER_OTLP_ENDPOINT` (or
 * `…_TRACES_ENDPOINT`), or `OTEL_TRACES_EXPORTER=otlp`. Null otherwise: then its libraries are not even loaded.
 * `onLost` is told of spans that the collector did not take. Throws on a protocol that is not spoken here.
 */
export async function openTracing(
  service: Service,
  env: NodeJS.ProcessEnv,
  onLost: (error: unknown) => void,
): Promise<Tracing | null> {
  if (!isWanted(env)) return null;
  const protocol = env["OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"] || env["OTEL_EXPORTER_OTLP_PROTOCOL"];
  if (protocol === "grpc") {
    throw new Error(
      "OTEL_EXPORTER_OTLP_PROTOCOL=grpc is not spoken here: set http/json, and the collector's port for HTTP.",
    );
  }
  const { createTracing } = await import("./otel-tracing.ts");
  return createTracing(service, onLost);
}

function isWanted(env: NodeJS.ProcessEnv): boolean {
  if (env["OTEL_SDK_DISABLED"]?.toLowerCase() === "true") return false;
  const exporters = env["OTEL_TRACES_EXPORTER"];
  if (exporters) return exporters.split(",").some((name) => name.trim() === "otlp");
  return Boolean(env["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] || env["OTEL_EXPORTER_OTLP_ENDPOINT"]);
}
