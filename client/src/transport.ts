import { backoffMs } from "./backoff.ts";
import { errorOf, FlashgateError } from "./flashgate-error.ts";
import type { Settings } from "./options.ts";

export interface Call {
  readonly method: "GET" | "POST" | "DELETE";
  readonly path: string;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
  /** How long the api may hold its answer back. */
  readonly waitMs?: number;
  readonly signal?: AbortSignal | undefined;
  /** Whether it says who asks. */
  readonly asShopper: boolean;
  /** Whether doing it twice is doing it once. Where not, it is tried again only if surely nothing was done. */
  readonly repeatable: boolean;
}

/** Codes of a server that could not tell whether it did what was asked. */
const MAYBE_DONE = new Set(["network", "timeout", "unreadable", "outcome_unknown"]);

/** Sends calls and reads answers; tries again what may be tried again. */
export class Transport {
  readonly settings: Settings;

  constructor(settings: Settings) {
    this.settings = settings;
  }

  /** The answer's body. Throws a FlashgateError, or the signal's reason. */
  async send<Body>(call: Call): Promise<Body> {
    const { world, retryMs, retriesMax } = this.settings;
    const endMs = world.nowMs() + retryMs;
    for (let failures = 1; ; failures += 1) {
      const answer = await this.#try<Body>(call);
      if (!(answer instanceof FlashgateError)) return answer;
      if (failures > retriesMax || !mayBeRepeated(answer, call)) throw answer;
      const pauseMs = backoffMs(failures, answer.retryAfterMs, world.random);
      if (world.nowMs() + pauseMs > endMs) throw answer;
      await world.pause(pauseMs, call.signal);
    }
  }

  /**
   * One answer as soon as its head is there: `read` gets it, success or not. Only the head has to come in time, unless
   * `read` reads on. Gives the error where there was no answer; throws the caller's reason where that gave up.
   */
  async fetch<Result>(
    call: Call,
    read: (response: Response, inTime: () => void) => Promise<Result>,
  ): Promise<Result | FlashgateError> {
    const { baseUrl, credentials, fetch, timeoutMs } = this.settings;
    const { method, path, body, waitMs = 0, signal } = call;
    const late = new AbortController();
    const limitMs = timeoutMs + waitMs;
    const timer = setTimeout(() => late.abort(), limitMs);
    try {
      const response = await fetch(`${baseUrl}${path}`, {
        method,
        headers: {
          ...(call.asShopper ? await credentials() : {}),
          ...(body ? { "content-type": "application/json" } : {}),
          ...(waitMs > 0 ? { prefer: `wait=${Math.round(waitMs / 1_000)}` } : {}),
          ...call.headers,
        },
        ...(body ? { body: JSON.stringify(body) } : {}),
        signal: signal ? AbortSignal.any([signal, late.signal]) : late.signal,
      });
      return await read(response, () => clearTimeout(timer));
    } catch (cause) {
      signal?.throwIfAborted();
      if (cause instanceof FlashgateError) return cause;
      if (late.signal.aborted) {
        const message = `no answer within ${limitMs} ms from ${baseUrl}`;
        return new FlashgateError({ code: "timeout", message, retryable: true, cause });
      }
      if (!(cause instanceof TypeError)) throw cause;
      return new FlashgateError({ code: "network", message: `no answer from ${baseUrl}`, retryable: true, cause });
    } finally {
      clearTimeout(timer);
    }
  }

  #try<Body>(call: Call): Promise<Body | FlashgateError> {
    return this.fetch(call, async (response) => {
      if (!response.ok) return errorOf(response);
      return readJson<Body>(response);
    });
  }
}

async function readJson<Body>(response: Response): Promise<Body> {
  try {
    return (await response.json()) as Body;
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    const message = "the answer is not JSON: is this an api of Flashgate's?";
    throw new FlashgateError({ code: "unreadable", message, status: response.status, retryable: false, cause });
  }
}

function mayBeRepeated(error: FlashgateError, { repeatable }: Call): boolean {
  return error.retryable && (repeatable || !MAYBE_DONE.has(error.code));
}
