import { createParser, type EventSourceMessage } from "eventsource-parser";
import { errorOf, FlashgateError } from "./flashgate-error.ts";
import type { Transport } from "./transport.ts";

/** The api says something at least every 15 s; a stream that is silent for longer is dead. */
const SILENT_MS_MAX = 40_000;
const RETRY_MS = 3_000;
/** Streams that bring nothing, one after the other, until their reader does without. */
const FRUITLESS_MAX = 3;

export interface StreamCall {
  readonly path: string;
  readonly signal?: AbortSignal | undefined;
}

/** An open stream, its reader, and the means to give both up. */
interface OpenStream {
  readonly body: ReadableStream<Uint8Array>;
  readonly hangUp: AbortController;
}

/**
 * The events of a stream, across reconnects, until `last` says of one that no more will come. Ends without that where the
 * api has no streams to give, or they are cut off again and again: the caller then asks without one. Throws a
 * FlashgateError for anything else that the api refuses, and the signal's reason.
 */
export async function* followEvents(
  transport: Transport,
  { path, signal }: StreamCall,
  last: (event: EventSourceMessage) => boolean,
): AsyncGenerator<EventSourceMessage, void, undefined> {
  const { world } = transport.settings;
  let lastEventId: string | undefined;
  let retryMs = RETRY_MS;
  for (let fruitless = 0; fruitless < FRUITLESS_MAX; fruitless += 1) {
    const stream = await open(transport, path, lastEventId, signal);
    if (stream === null) return;
    if (!(stream instanceof FlashgateError)) {
      const onRetry = (ms: number) => {
        retryMs = ms;
      };
      for await (const event of eventsOf(stream, signal, onRetry)) {
        fruitless = -1;
        lastEventId = event.id ?? lastEventId;
        yield event;
        if (last(event)) return;
      }
    }
    await world.pause(fruitless < 0 ? retryMs : world.random() * retryMs, signal);
  }
}

/** Null: there is no stream to be had. An error: there may be one later. */
async function open(
  transport: Transport,
  path: string,
  lastEventId: string | undefined,
  signal: AbortSignal | undefined,
): Promise<OpenStream | FlashgateError | null> {
  const hangUp = new AbortController();
  const headers = { accept: "text/event-stream", ...(lastEventId ? { "last-event-id": lastEventId } : {}) };
  const both = signal ? AbortSignal.any([signal, hangUp.signal]) : hangUp.signal;
  const call = { method: "GET", path, headers, signal: both, asShopper: false, repeatable: true } as const;
  const answer = await transport.fetch<OpenStream | FlashgateError | null>(call, async (response, inTime) => {
    if (!response.ok) return errorOf(response);
    const isStream = response.headers.get("content-type")?.startsWith("text/event-stream") ?? false;
    if (!isStream || !response.body) {
      await response.body?.cancel();
      return null;
    }
    inTime();
    return { body: response.body, hangUp };
  });
  if (!(answer instanceof FlashgateError)) return answer;
  if (answer.code === "too_many_streams") return null;
  if (!answer.retryable) throw answer;
  return answer;
}

/** The events of one stream, until it ends, is cut off or falls silent. */
async function* eventsOf(
  { body, hangUp }: OpenStream,
  signal: AbortSignal | undefined,
  onRetry: (ms: number) => void,
): AsyncGenerator<EventSourceMessage, void, undefined> {
  const received: EventSourceMessage[] = [];
  const parser = createParser({ onEvent: (event) => received.push(event), onRetry });
  const text = new TextDecoder();
  const reader = body.getReader();
  let timer = setTimeout(() => hangUp.abort(), SILENT_MS_MAX);
  try {
    for (;;) {
      const chunk = await reader.read().catch(() => ({ done: true, value: undefined }) as const);
      signal?.throwIfAborted();
      if (chunk.done) return;
      clearTimeout(timer);
      timer = setTimeout(() => hangUp.abort(), SILENT_MS_MAX);
      parser.feed(text.decode(chunk.value, { stream: true }));
      yield* received.splice(0);
    }
  } finally {
    clearTimeout(timer);
    hangUp.abort();
  }
}
