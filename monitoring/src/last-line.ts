import { EventEmitter, once } from "node:events";
import { type Level, type Logger, symbols } from "pino";

/** What a reader of the logs who does not read is waited for. */
const WRITE_MS_MAX = 1_000;

/**
 * Resolves once a line is written, and all before it: a process that ends sooner loses or mixes up its last words, since
 * lines are written behind its back. Never rejects.
 */
export async function writtenToTheEnd(logger: Logger, level: Level, write: () => void): Promise<void> {
  const stream: unknown = Reflect.get(logger, symbols.streamSym);
  if (!(stream instanceof EventEmitter) || !logger.isLevelEnabled(level)) return write();
  const bound = AbortSignal.timeout(WRITE_MS_MAX);
  const drained = once(stream, "drain", { signal: bound }).catch(() => undefined);
  write();
  await drained;
}
