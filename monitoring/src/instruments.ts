import type { Clock, Telemetry } from "@flashgate/core";
import type { LevelWithSilent } from "pino";
import { createFaultCounts } from "./faults.ts";
import { LogLines } from "./log-lines.ts";
import { createLogger, type Logger } from "./logger.ts";
import { watchEventLoop } from "./loop-watch.ts";
import { createRegistry, type Registry, type Service } from "./registry.ts";
import { createTelemetry } from "./telemetry.ts";

export interface InstrumentsOptions {
  readonly service: Service;
  readonly clock: Clock;
  readonly level: LevelWithSilent;
}

/** With what a process is watched. */
export interface Instruments {
  readonly logger: Logger;
  readonly lines: LogLines;
  readonly registry: Registry;
  readonly telemetry: Telemetry;
}

/** Opens them: logs, metrics, and the watch over the event loop. Once a process. */
export function openInstruments({ service, clock, level }: InstrumentsOptions): Instruments {
  const logger = createLogger({ service, level });
  const registry = createRegistry({ service });
  const lines = new LogLines(logger, createFaultCounts(registry));
  watchEventLoop({ service, clock });
  return { logger, lines, registry, telemetry: createTelemetry({ service, registry, lines, clock }) };
}
