import { Client, type Dispatcher } from "undici";

/** An answer of the api. `status` 0: there was none, and `body` says why. */
export interface Reply {
  readonly status: number;
  readonly body: string;
  /** What Retry-After asks for; null where the header is absent or not a number of seconds. */
  readonly retryAfterMs: number | null;
}

export interface Request {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** Bounds of one exchange. An answer that takes longer counts as none. */
const CONNECT_TIMEOUT_MS = 3_000;
const ANSWER_TIMEOUT_MS = 15_000;

/**
 * One keep-alive connection to the api, one request in flight at a time. It is the handler of its own requests, so that
 * a request costs no more than it must: the crowd shares the machine with what it measures (ADR 28).
 */
export class Connection implements Dispatcher.DispatchHandler {
  readonly #client: Client;
  #status = 0;
  #retryAfterMs: number | null = null;
  #chunks: Buffer[] = [];
  #resolve: (reply: Reply) => void = ignore;

  constructor(url: string) {
    this.#client = new Client(url, {
      pipelining: 1,
      connect: { timeout: CONNECT_TIMEOUT_MS },
      headersTimeout: ANSWER_TIMEOUT_MS,
      bodyTimeout: ANSWER_TIMEOUT_MS,
    });
  }

  /** Never rejects. The caller awaits each reply before it sends again. */
  send(request: Request): Promise<Reply> {
    this.#status = 0;
    this.#retryAfterMs = null;
    this.#chunks = [];
    return new Promise((resolve) => {
      this.#resolve = resolve;
      this.#client.dispatch(request, this);
    });
  }

  async close(): Promise<void> {
    await this.#client.destroy();
  }

  onRequestStart(): void {}

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: Record<string, unknown>): void {
    this.#status = status;
    const seconds = Number(headers["retry-after"] ?? Number.NaN);
    this.#retryAfterMs = Number.isFinite(seconds) ? seconds * 1_000 : null;
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    const [first] = this.#chunks;
    const body = this.#chunks.length === 1 && first ? first : Buffer.concat(this.#chunks);
    this.#resolve({ status: this.#status, body: body.toString(), retryAfterMs: this.#retryAfterMs });
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.#resolve({ status: 0, body: error.message || error.name, retryAfterMs: null });
  }
}

function ignore(): void {}
