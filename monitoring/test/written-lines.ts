import { createLogger, type Logger, type LoggerOptions } from "@flashgate/monitoring";

export interface WrittenLines {
  readonly logger: Logger;
  /** The lines as they were written. */
  readonly texts: string[];
  /** The same, read back. */
  records(): Record<string, unknown>[];
}

/** A logger whose lines can be read. */
export function writtenLines(level: LoggerOptions["level"] = "info"): WrittenLines {
  const texts: string[] = [];
  const logger = createLogger({ service: "worker", level, destination: { write: (line) => void texts.push(line) } });
  return { logger, texts, records: () => texts.map((text) => JSON.parse(text)) };
}
