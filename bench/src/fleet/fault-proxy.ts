import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { ProxyLink } from "./proxy-link.ts";
import type { Toxic } from "./toxic.ts";

const HOST = "127.0.0.1";

/**
 * A TCP proxy in front of a store, with at most one toxic at a time; one for each process and store, so that a partition
 * can be partial. The idea and the words are Toxiproxy's (https://github.com/Shopify/toxiproxy).
 */
export class FaultProxy {
  readonly #random: () => number;
  readonly #links = new Set<ProxyLink>();
  #server: Server | null = null;
  #port: number;
  #upstreamPort: number;
  #toxic: Toxic | null = null;
  #bytesLost = 0;

  private constructor(upstreamPort: number, port: number, random: () => number) {
    this.#upstreamPort = upstreamPort;
    this.#port = port;
    this.#random = random;
  }

  /** Listens on `port` (0: any free one) for what is meant for the local server at `upstreamPort`. */
  static async listen(upstreamPort: number, port = 0, random: () => number = Math.random): Promise<FaultProxy> {
    const proxy = new FaultProxy(upstreamPort, port, random);
    await proxy.#open();
    return proxy;
  }

  get port(): number {
    return this.#port;
  }

  get toxic(): Toxic | null {
    return this.#toxic;
  }

  /** Connections that are carried now. */
  get links(): number {
    return this.#links.size;
  }

  /** Swallowed so far. */
  get bytesLost(): number {
    return this.#bytesLost;
  }

  /** From now on leads to another server; every connection to the one before is reset. */
  leadTo(upstreamPort: number): void {
    this.#upstreamPort = upstreamPort;
    for (const link of this.#links) link.reset();
  }

  /** Puts a toxic in place of any before, for connections old and new. */
  async afflict(toxic: Toxic): Promise<void> {
    await this.#change(toxic);
  }

  /** The path is whole again. Idempotent. */
  async heal(): Promise<void> {
    await this.#change(null);
  }

  async close(): Promise<void> {
    for (const link of this.#links) link.reset();
    await this.#shut();
  }

  async #change(toxic: Toxic | null): Promise<void> {
    this.#toxic = toxic;
    for (const link of this.#links) link.follow(toxic);
    if (toxic?.kind === "down") await this.#shut();
    else await this.#open();
  }

  async #open(): Promise<void> {
    if (this.#server) return;
    const server = createServer((client) => this.#accept(client));
    this.#server = server;
    server.listen(this.#port, HOST);
    await once(server, "listening");
    const address = server.address();
    if (address !== null && typeof address === "object") this.#port = address.port;
  }

  async #shut(): Promise<void> {
    const server = this.#server;
    if (!server) return;
    this.#server = null;
    const closed = once(server, "close");
    server.close();
    await closed;
  }

  #accept(client: Socket): void {
    if (this.#toxic?.kind === "reset_peer") {
      client.on("error", () => undefined);
      client.resetAndDestroy();
      return;
    }
    const path = {
      host: HOST,
      upstreamPort: this.#upstreamPort,
      toxic: () => this.#toxic,
      random: this.#random,
      onLost: (bytes: number) => {
        this.#bytesLost += bytes;
      },
    };
    const link: ProxyLink = new ProxyLink(client, path, () => this.#links.delete(link));
    this.#links.add(link);
  }
}
