import { setTimeout as pause } from "node:timers/promises";
import {
  type Context,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  trace,
} from "@opentelemetry/api";
import { setGlobalErrorHandler, W3CTraceContextPropagator } from "@opentelemetry/core";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from "@opentelemetry/resources";
import { BatchSpanProcessor, NodeTracerProvider } from "@opentelemetry/sdk-trace-node";
import { BullMQOtel } from "bullmq-otel";
import type { Service } from "./registry.ts";
import type { Tracing } from "./tracing.ts";
import { WordlessSpans } from "./wordless-spans.ts";

/** Longest time that a stopping process gives the collector. */
const CLOSE_MS_MAX = 3_000;

/**
 * Tracing through OpenTelemetry's SDK, which reads its settings (endpoint, headers, sampler, batches) from the environment
 * itself. Once a process. Of what a client sends only its `traceparent` is taken: neither baggage nor state travel on.
 */
export function createTracing(service: Service, onLost: (error: unknown) => void): Tracing {
  setGlobalErrorHandler(onLost);
  const provider = new NodeTracerProvider({
    resource: defaultResource()
      .merge(resourceFromAttributes({ "service.name": `flashgate-${service}` }))
      .merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [new WordlessSpans(new BatchSpanProcessor(new OTLPTraceExporter()))],
  });
  provider.register({ propagator: new W3CTraceContextPropagator() });
  const tracer = provider.getTracer("flashgate");
  return {
    telemetry: new BullMQOtel(),
    answering: ({ method, route, traceparent }, answer) => {
      const attributes = { "http.request.method": method, "http.route": route };
      const options = { kind: SpanKind.SERVER, attributes };
      return tracer.startActiveSpan(`${method} ${route}`, options, contextOf(traceparent), async (span) => {
        try {
          await answer();
        } finally {
          span.end();
        }
      });
    },
    tell: (facts, isFault) => {
      const span = trace.getActiveSpan();
      for (const [name, value] of Object.entries(facts)) if (value !== undefined) span?.setAttribute(name, value);
      if (isFault) span?.setStatus({ code: SpanStatusCode.ERROR });
    },
    traceId: () => trace.getActiveSpan()?.spanContext().traceId,
    traceparent: () => {
      const span = trace.getActiveSpan()?.spanContext();
      if (!span || (span.traceFlags & TraceFlags.SAMPLED) === 0) return undefined;
      return `00-${span.traceId}-${span.spanId}-01`;
    },
    settling: async (traceparents, settle) => {
      const page = trace.getActiveSpan();
      const links = page ? [{ context: page.spanContext() }] : [];
      const options = { kind: SpanKind.CONSUMER, links };
      const spans = traceparents.map((traceparent) => tracer.startSpan("settle", options, contextOf(traceparent)));
      try {
        return await settle();
      } catch (error) {
        for (const span of spans) span.setStatus({ code: SpanStatusCode.ERROR });
        throw error;
      } finally {
        for (const span of spans) span.end();
      }
    },
    close: async () => {
      const bound = new AbortController();
      const late = pause(CLOSE_MS_MAX, undefined, { ref: false, signal: bound.signal }).catch(() => undefined);
      await Promise.race([provider.shutdown().catch(onLost), late]);
      bound.abort();
    },
  };
}

function contextOf(traceparent: string | undefined): Context {
  return traceparent === undefined ? ROOT_CONTEXT : propagation.extract(ROOT_CONTEXT, { traceparent });
}
