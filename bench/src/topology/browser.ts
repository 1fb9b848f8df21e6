import { once } from "node:events";
import { type ClientHttp2Session, connect } from "node:http2";

const EVENT_MS_MAX = 10_000;

/** One connection with TLS and HTTP/2, as a browser keeps it, that believes one certificate. */
export class Browser {
  readonly #session: ClientHttp2Session;

  /** Throws where the other side does not speak HTTP/2, or shows another certificate. */
  static async open(url: string, certificate: string): Promise<Browser> {
    const session = connect(url, { ca: certificate });
    await once(session, "connect");
    if (session.alpnProtocol === "h2") return new Browser(session);
    session.destroy();
    throw new Error(`${url} speaks ${session.alpnProtocol}, not h2`);
  }

  private constructor(session: ClientHttp2Session) {
    this.#session = session;
    session.on("error", () => undefined);
  }

  /** Opens a stream of events. */
  follow(path: string): EventStream {
    return new EventStream(this.#session, path);
  }

  close(): void {
    this.#session.destroy();
  }
}

/** A stream of server-sent events, read as it arrives. */
export class EventStream {
  readonly #request: ReturnType<ClientHttp2Session["request"]>;
  #text = "";
  /** Up to where events were told of. */
  #told = 0;
  #onMore: () => void = () => undefined;

  constructor(session: ClientHttp2Session, path: string) {
    this.#request = session.request({ ":path": path, accept: "text/event-stream" });
    this.#request.setEncoding("utf8");
    this.#request.on("data", (chunk: string) => {
      this.#text += chunk;
      this.#onMore();
    });
    this.#request.on("close", () => this.#onMore());
    this.#request.on("error", () => undefined);
  }

  /** The next event of that name, while the stream is open: how long it took from now; null where none came within 10 s. */
  async next(name: string): Promise<number | null> {
    const startedMs = performance.now();
    const line = `event: ${name}\n`;
    const arrived = new Promise<boolean>((resolve) => {
      const timer = setTimeout(() => resolve(false), EVENT_MS_MAX);
      this.#onMore = () => {
        const found = this.#text.indexOf(line, this.#told);
        if (found < 0 && !this.#request.destroyed) return;
        if (found >= 0) this.#told = found + line.length;
        this.#onMore = () => undefined;
        clearTimeout(timer);
        resolve(found >= 0 && !this.#request.destroyed);
      };
      this.#onMore();
    });
    return (await arrived) ? performance.now() - startedMs : null;
  }

  close(): void {
    this.#request.destroy();
  }
}
