import { type Dispatcher, Pool } from "undici";

/** One HTTP request, and how long the asker has patience. */
export interface Question {
  readonly method: "GET" | "POST" | "DELETE";
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Milliseconds without an answer after which there is none. */
  readonly patienceMs: number;
  /** Milliseconds after which the asker hangs up, answered or not; absent: stays. */
  readonly vanishAfterMs?: number;
}

/** `unsent`: no connection, so nobody read it. `lost`: it was sent, and what became of it is unknown. */
export type Answer =
  | { readonly kind: "answer"; readonly status: number; readonly body: string; readonly retryAfterMs: number | null }
  | { readonly kind: "unsent"; readonly why: string }
  | { readonly kind: "lost"; readonly why: string };

const CONNECT_MS_MAX = 2_000;
/** How long an api that refused a connection is left alone while another one is there. */
const SHUNNED_MS = 250;

/**
 * Keep-alive connections to every api that clients are told of. One more is opened wherever all of an api's are busy, so
 * that a frozen api keeps only those who asked it waiting.
 */
export class FrontDoor {
  readonly #pools = new Map<string, Pool>();
  readonly #refusedAtMs = new Map<string, number>();

  /** Those of the urls where somebody listened when last asked; all where nobody did. */
  reachable(urls: readonly string[]): readonly string[] {
    const sinceMs = performance.now() - SHUNNED_MS;
    const open = urls.filter((url) => (this.#refusedAtMs.get(url) ?? Number.NEGATIVE_INFINITY) <= sinceMs);
    return open.length > 0 ? open : urls;
  }

  /** Never rejects. */
  async ask(url: string, question: Question): Promise<Answer> {
    const answer = await this.#send(url, question);
    if (answer.kind === "unsent") this.#refusedAtMs.set(url, performance.now());
    return answer;
  }

  #send(url: string, question: Question): Promise<Answer> {
    return new Promise((resolve) => {
      const { method, path, headers, body, patienceMs } = question;
      const exchange = new Exchange(resolve, question.vanishAfterMs);
      this.#poolOf(url).dispatch(
        {
          method,
          path,
          headersTimeout: patienceMs,
          bodyTimeout: patienceMs,
          ...(headers === undefined ? {} : { headers }),
          ...(body === undefined ? {} : { body }),
        },
        exchange,
      );
    });
  }

  async close(): Promise<void> {
    await Promise.all([...this.#pools.values()].map((pool) => pool.destroy()));
    this.#pools.clear();
  }

  #poolOf(url: string): Pool {
    const known = this.#pools.get(url);
    if (known) return known;
    const pool = new Pool(url, { connections: null, pipelining: 1, connect: { timeout: CONNECT_MS_MAX } });
    this.#pools.set(url, pool);
    return pool;
  }
}

/** Handles its own request: the cheapest way undici has, for the crowd shares its machine with what it besieges. */
class Exchange implements Dispatcher.DispatchHandler {
  readonly #resolve: (answer: Answer) => void;
  readonly #hangUp: NodeJS.Timeout | undefined;
  #controller: Dispatcher.DispatchController | undefined;
  #vanished = false;
  #status = 0;
  #retryAfterMs: number | null = null;
  #chunks: Buffer[] = [];

  constructor(resolve: (answer: Answer) => void, vanishAfterMs: number | undefined) {
    this.#resolve = resolve;
    if (vanishAfterMs !== undefined) this.#hangUp = setTimeout(() => this.#vanish(), vanishAfterMs);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#vanished) controller.abort(new Error("vanished"));
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: Record<string, unknown>): void {
    this.#status = status;
    const seconds = Number(headers["retry-after"] ?? Number.NaN);
    this.#retryAfterMs = Number.isFinite(seconds) ? seconds * 1_000 : null;
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    clearTimeout(this.#hangUp);
    const [first] = this.#chunks;
    const body = this.#chunks.length === 1 && first ? first : Buffer.concat(this.#chunks);
    this.#resolve({ kind: "answer", status: this.#status, body: body.toString(), retryAfterMs: this.#retryAfterMs });
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error & { readonly code?: string }): void {
    clearTimeout(this.#hangUp);
    const why = this.#vanished ? "vanished" : (error.code ?? error.name);
    this.#resolve(this.#controller ? { kind: "lost", why } : { kind: "unsent", why });
  }

  #vanish(): void {
    this.#vanished = true;
    this.#controller?.abort(new Error("vanished"));
  }
}
