import net from "node:net";
import { nowMs } from "./counter.ts";

/** What a browser sends with every request, more or less. */
const BROWSER = [
  "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36",
  "Accept: text/event-stream",
  "Accept-Language: en-US,en;q=0.9",
  "Accept-Encoding: gzip, deflate, br, zstd",
  "Cache-Control: no-cache",
  "Referer: https://shop.example/sales/current",
  "Sec-Fetch-Dest: empty",
  "Sec-Fetch-Mode: cors",
  "Sec-Fetch-Site: same-origin",
  "Connection: keep-alive",
].join("\r\n");

export interface ToldEvent {
  readonly name: string;
  readonly data: string;
  readonly seenAtMs: number;
}

/** One client of a stream of events, on a connection of its own; it keeps nothing of what it has told. */
export class EventSocket {
  /** Resolves once the first event is there. Rejects where there is none. */
  readonly opened: Promise<void>;
  /** Resolves once the connection is closed, by whomever. */
  readonly closed: Promise<void>;
  readonly #socket: net.Socket;
  readonly #onEvent: (event: ToldEvent) => void;
  #unread = "";
  #isOpen = false;
  #fault = "it was closed";

  /** `localAddress`: the address to come from, where it matters. */
  constructor(url: string, path: string, onEvent: (event: ToldEvent) => void, localAddress?: string) {
    const { hostname: host, port } = new URL(url);
    this.#onEvent = onEvent;
    this.#socket = net.connect({ host, port: Number(port), ...(localAddress ? { localAddress } : {}) });
    this.#socket.setEncoding("utf8");
    this.#socket.once("connect", () =>
      this.#socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\n${BROWSER}\r\n\r\n`),
    );
    this.#socket.on("error", (error) => {
      this.#fault = error.message;
    });
    this.closed = new Promise((resolve) => this.#socket.once("close", () => resolve()));
    this.opened = new Promise((resolve, reject) => {
      this.#socket.on("data", (text: string) => {
        this.#read(text);
        if (this.#isOpen) resolve();
      });
      this.#socket.once("close", () => reject(new Error(`${path.slice(0, 60)} gave no event: ${this.#fault}`)));
    });
  }

  leave(): void {
    this.#socket.destroy();
  }

  #read(text: string): void {
    const blocks = (this.#unread + text).split("\n\n");
    this.#unread = blocks.pop() ?? "";
    if (!this.#isOpen) this.#fault = `it answered ${JSON.stringify((blocks[0] ?? this.#unread).slice(0, 200))}`;
    for (const block of blocks) {
      const name = /^event: (.*)$/m.exec(block)?.[1];
      const data = /^data: (.*)$/m.exec(block)?.[1];
      if (name === undefined || data === undefined) continue;
      this.#isOpen = true;
      this.#onEvent({ name, data, seenAtMs: nowMs() });
    }
  }
}
