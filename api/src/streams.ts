import type { Request, Response } from "express";
import { fieldsOf, writeHead } from "./answer-fields.ts";
import { takeConnection } from "./handover.ts";
import { HEADERS, STATUS } from "./responses.ts";

/** What a client that does not read may leave unread in this process before it is dropped; some 80 events. */
const UNREAD_BYTES_MAX = 16_384;
/** A stream says something at least this often, so that no proxy takes it for dead. */
const HEARTBEAT_S = 15;
/** When a client whose stream ended comes back: spread out, so that a crowd does not come back as one. */
const RETRY_MS = { min: 2_000, spread: 3_000 } as const;

const HEARTBEAT = Buffer.from(":\n\n");

/** One server-sent event, written once for all who get it. */
export function eventOf(name: string, id: string, data: object): Buffer {
  return Buffer.from(`id: ${id}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
}

/** The id of the last event that a client of a former stream was given. */
export function lastEventIdOf(request: Request): string | undefined {
  const id = request.headers["last-event-id"];
  return typeof id === "string" ? id : undefined;
}

/** Where a stream is written: the connection that was handed over to it, else its response. */
interface Outlet {
  readonly destroyed: boolean;
  readonly writableEnded: boolean;
  readonly writableLength: number;
  write(event: Buffer): unknown;
  end(): unknown;
  destroy(): unknown;
  once(event: "close", listener: () => void): unknown;
}

/** One client's stream of server-sent events. */
export class Stream {
  readonly #outlet: Outlet;

  constructor(outlet: Outlet) {
    this.#outlet = outlet;
  }

  /** Whether the client is gone or the stream was ended. */
  get closed(): boolean {
    return this.#outlet.destroyed || this.#outlet.writableEnded;
  }

  /** Drops the client where it left too much unread. */
  send(event: Buffer): void {
    if (this.closed) return;
    if (this.#outlet.writableLength > UNREAD_BYTES_MAX) this.#outlet.destroy();
    else this.#outlet.write(event);
  }

  end(): void {
    this.#outlet.end();
  }

  /** Ends it for a client that reads, and drops one that does not, also where it was ended: it keeps its place for nobody. */
  leave(): void {
    if (this.#outlet.writableLength > 0) this.#outlet.destroy();
    else this.end();
  }
}

/**
 * The streams of this process: at most `max`, kept alive by one beat for all of them, and ended together.
 *
 * ```
 *   open ──▶ (send | beat)* ──▶ ended by us, or dropped, or left by its client ──▶ onClose
 * ```
 */
export class Streams {
  readonly #max: number;
  readonly #random: () => number;
  /** Each beat is for one of them: a second's share of all streams. */
  readonly #shares = Array.from({ length: HEARTBEAT_S }, () => new Set<Stream>());
  #opened = 0;
  #size = 0;
  #beats = 0;
  #closed = false;

  /** `random`: a number in [0, 1). */
  constructor({ max, random }: { readonly max: number; readonly random: () => number }) {
    this.#max = max;
    this.#random = random;
  }

  /** Streams that are open. */
  get size(): number {
    return this.#size;
  }

  /** Answers with a stream that begins with `first`; `onClose` is called once when it is over. Null: there are too many. */
  open(response: Response, first: Buffer, onClose: () => void = () => undefined): Stream | null {
    if (this.#closed || this.#size >= this.#max) return null;
    if (response.destroyed) {
      // Its close was before anybody could listen.
      queueMicrotask(onClose);
      return new Stream(response);
    }
    begin(response);
    const outlet = takeConnection(response) ?? forgetful(response);
    const stream = new Stream(outlet);
    const share = this.#shares[this.#opened++ % HEARTBEAT_S];
    share?.add(stream);
    this.#size += 1;
    outlet.once("close", () => {
      share?.delete(stream);
      this.#size -= 1;
      onClose();
    });
    const retryMs = Math.round(RETRY_MS.min + this.#random() * RETRY_MS.spread);
    stream.send(Buffer.concat([Buffer.from(`retry: ${retryMs}\n`), first]));
    if (response.req.method === "HEAD") stream.end();
    return stream;
  }

  /** To be called once a second. */
  beat(): void {
    for (const stream of this.#shares[this.#beats++ % HEARTBEAT_S] ?? []) {
      if (stream.closed) stream.leave();
      else stream.send(HEARTBEAT);
    }
  }

  /** Ends every stream and opens no more: the process stops. */
  close(): void {
    this.#closed = true;
    for (const share of this.#shares) for (const stream of share) stream.leave();
  }
}

const STREAM_FIELDS = fieldsOf({
  ...HEADERS,
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-store, no-transform",
  "x-accel-buffering": "no",
  connection: "close",
});

/** The body goes to the socket as it is, ended by the connection's end: no chunk headers, one write an event. */
function begin(response: Response): void {
  response.removeHeader("transfer-encoding");
  writeHead(response, STATUS.done, STREAM_FIELDS);
}

/** Where HTTP goes on: a stream lasts, and its client may have sent 8 KB of headers. */
function forgetful(response: Response): Response {
  response.req.headers = {};
  response.req.rawHeaders = [];
  return response;
}

/** There is nothing more to come: an EventSource that is told so does not come back. */
export function sendNothingMore(response: Response): void {
  writeHead(response, STATUS.nothing, fieldsOf({ ...HEADERS, "cache-control": "no-store" }));
  response.end();
}
