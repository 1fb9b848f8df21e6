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
  /** Whether to trace, and where to. */
  readonly env: NodeJS.ProcessEnv;
}

/** With what a process is watched. */
export interface Instruments {
  readonly logger: Logger;
  readonly lines: LogLines;
  readonly registry: Registry;
  readonly telemetry: Telemetry;
  /** Null where nobody traces. */
  readonly tracing: Tracing | null;
}

/** Opens them: logs, metrics, traces where they are wanted, and the watch over the event loop. Once a process. */
export async function openInstruments({ service, clock, level, env }: InstrumentsOptions): Promise<Instruments> {
  const tracing = await openTracing(service, env, (error) => lines.tracesLost(error));
  const logger = createLogger({ service, level, traceId: tracing?.traceId });
  const registry = createRegistry({ service });
  const lines = new LogLines(logger, createFaultCounts(registry));
  watchEventLoop({ service, clock });
  const telemetry = createTelemetry({ service, registry, lines, clock });
  return { logger, lines, registry, telemetry, tracing };
}
