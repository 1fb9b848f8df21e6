import type { Clock, Telemetry } from "@flashgate/core";
import type { LevelWithSilent } from "pino";
import { createFaultCounts } from "./faults.ts";
import { LogLines } from "./log-lines.ts";
import { createLogger, type Logger } from "./logger.ts";
import { watchEventLoop } from "./loop-watch.ts";
import { createRegistry, type Registry, type Service } from "./registry.ts";
import { createTelemetry } from "./telemetry.ts";
import { openTracing, type Tracing } from "./tracing.ts";

export interface InstrumentsOptions {
  readonly service: Service;
  readonly clock: Clock;
  readonly level: LevelWithSilent;
  /** Where spans go; undefined where nobody wants any. */
  readonly tracesEndpoint: string | undefined;
}

/** With what a process is watched. */
export interface Instruments {
  readonly logger: Logger;
  readonly lines: LogLines;
  readonly registry: Registry;
  readonly telemetry: Telemetry;
  /** Null where it is off. */
  readonly tracing: Tracing | null;
}

/** Opens them: logs and metrics at once, the event loop's watch with them, traces where they are wanted. Once a process. */
export async function openInstruments(options: InstrumentsOptions): Promise<Instruments> {
  const { service, clock, level, tracesEndpoint } = options;
  const tracing = tracesEndpoint === undefined ? null : await openTracing(service, tracesEndpoint);
  const logger = createLogger({ service, level, ...(tracing ? { traceId: tracing.traceId } : {}) });
  const registry = createRegistry({ service });
  const lines = new LogLines(logger, createFaultCounts(registry));
  watchEventLoop({ service, clock });
  return { logger, lines, registry, tracing, telemetry: createTelemetry({ service, registry, lines, clock }) };
}
