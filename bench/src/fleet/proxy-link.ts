import { connect, type Socket } from "node:net";
import { type Direction, swallows, type Toxic } from "./toxic.ts";

/** What a link must know of its proxy at any moment. */
export interface LinkPath {
  readonly host: string;
  readonly upstreamPort: number;
  toxic(): Toxic | null;
  /** From 0 up to 1, for jitter. */
  random(): number;
  /** Bytes were swallowed. */
  onLost(bytes: number): void;
}

/**
 * One way of a link: chunks leave in the order in which they came, however late each is. One timer for all that wait:
 * timers of their own overtake one another, and bytes that change places are a fault that no network has.
 */
interface Flow {
  readonly direction: Direction;
  readonly source: Socket;
  readonly sink: Socket;
  readonly waiting: { readonly chunk: Buffer; readonly dueMs: number }[];
}

/** A client's connection and the one to the store that stands for it. */
export class ProxyLink {
  readonly #path: LinkPath;
  readonly #client: Socket;
  readonly #store: Socket;
  readonly #onClosed: () => void;
  #limitLeft = Number.POSITIVE_INFINITY;
  #broken = false;
  #ended = false;

  constructor(client: Socket, path: LinkPath, onClosed: () => void) {
    this.#path = path;
    this.#client = client;
    this.#onClosed = onClosed;
    this.#store = connect({ host: path.host, port: path.upstreamPort, noDelay: true });
    client.setNoDelay(true);
    this.#join("upstream", client, this.#store);
    this.#join("downstream", this.#store, client);
    this.follow(path.toxic());
  }

  /** The path changed. A link that lost bytes, or one of its ends, meanwhile cannot go on. */
  follow(toxic: Toxic | null): void {
    this.#limitLeft = toxic?.kind === "limit_data" ? toxic.bytes : Number.POSITIVE_INFINITY;
    if (this.#broken || toxic?.kind === "reset_peer" || toxic?.kind === "down") this.reset();
  }

  reset(): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const socket of [this.#client, this.#store]) socket.resetAndDestroy();
    this.#onClosed();
  }

  #join(direction: Direction, source: Socket, sink: Socket): void {
    const flow: Flow = { direction, source, sink, waiting: [] };
    source.on("data", (chunk) => this.#carry(flow, chunk));
    source.on("error", () => undefined);
    source.on("close", () => this.#onEnd(flow));
  }

  #carry(flow: Flow, chunk: Buffer): void {
    const toxic = this.#path.toxic();
    if (swallows(toxic, flow.direction)) {
      this.#broken = true;
      this.#path.onLost(chunk.length);
      return;
    }
    if (toxic?.kind !== "latency" && flow.waiting.length === 0) {
      this.#deliver(flow, chunk);
      return;
    }
    const delayMs = toxic?.kind === "latency" ? toxic.latencyMs + toxic.jitterMs * this.#path.random() : 0;
    const dueMs = Math.max(flow.waiting.at(-1)?.dueMs ?? 0, performance.now() + delayMs);
    flow.waiting.push({ chunk, dueMs });
    if (flow.waiting.length === 1) this.#drain(flow);
  }

  /** Delivers what is due, and comes back for the rest. */
  #drain(flow: Flow): void {
    for (let [first] = flow.waiting; first; [first] = flow.waiting) {
      const leftMs = first.dueMs - performance.now();
      if (leftMs > 0) {
        setTimeout(() => this.#drain(flow), leftMs);
        return;
      }
      flow.waiting.shift();
      this.#deliver(flow, first.chunk);
    }
  }

  #deliver({ direction, source, sink }: Flow, chunk: Buffer): void {
    if (this.#ended) return;
    const whole = direction === "upstream" || chunk.length < this.#limitLeft;
    const part = whole ? chunk : chunk.subarray(0, this.#limitLeft);
    if (direction === "downstream") this.#limitLeft -= part.length;
    const roomy = sink.write(part, () => {
      // only once the part is out: a reset overtakes what is still being sent
      if (!whole) this.reset();
    });
    if (roomy) return;
    source.pause();
    sink.once("drain", () => source.resume());
  }

  /** Nobody hears of an end while nothing gets through in that direction. */
  #onEnd(flow: Flow): void {
    if (this.#ended) return;
    if (swallows(this.#path.toxic(), flow.direction)) {
      this.#broken = true;
      return;
    }
    if (flow.waiting.length > 0) {
      setTimeout(() => this.#onEnd(flow), 1);
      return;
    }
    this.#ended = true;
    flow.sink.end();
    flow.sink.once("finish", () => flow.sink.destroy());
    this.#onClosed();
  }
}
