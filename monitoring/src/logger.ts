import { type LevelWithSilent, type Logger, pino } from "pino";
import { errorFields } from "./error-fields.ts";
import { redact } from "./redaction.ts";
import type { Service } from "./registry.ts";

export type { Logger };

export interface LoggerOptions {
  readonly service: Service;
  readonly level: LevelWithSilent;
  /** The trace that the present call belongs to, where somebody traces. */
  readonly traceId?: (() => string | undefined) | undefined;
  /** Takes each line, its line feed included. Default: standard output. */
  readonly destination?: { write(line: string): void };
}

/**
 * A logger of JSON lines: `time` (ISO 8601), `level` (a word), `service`, `pid`, `msg`, and an error under `err`.
 * Every line passes the redaction as a whole, so no call has to think of it.
 */
export function createLogger({ service, level, destination, traceId }: LoggerOptions): Logger {
  const options = {
    level,
    base: { service, pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: (thrown: unknown) => errorFields(thrown) },
    hooks: { streamWrite: redact },
    ...(traceId ? { mixin: () => ({ trace_id: traceId() }) } : {}),
  };
  return destination ? pino(options, destination) : pino(options);
}
