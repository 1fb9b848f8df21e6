import http from "node:http";
import type { AddressInfo } from "node:net";

export interface Seen {
  readonly api: string;
  readonly method: string;
  readonly url: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

/** Apis that answer who they are and what they were asked; the first to be asked for `fails` breaks the connection instead. */
export class FakeApis {
  readonly seen: Seen[] = [];
  readonly #servers: readonly http.Server[];
  #failing: string | null = null;

  static async listen(names: readonly string[]): Promise<FakeApis> {
    const apis = new FakeApis(names);
    await Promise.all(
      apis.#servers.map((server) => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))),
    );
    return apis;
  }

  private constructor(names: readonly string[]) {
    this.#servers = names.map((name) =>
      http.createServer((request, response) => void this.#answer(name, request, response)),
    );
  }

  get ports(): number[] {
    return this.#servers.map((server) => (server.address() as AddressInfo).port);
  }

  /** The next request breaks, after it was read in full. */
  failOnce(url: string): void {
    this.#failing = url;
  }

  /** Those asked for a path. */
  askedFor(url: string): Seen[] {
    return this.seen.filter((each) => each.url === url);
  }

  async close(): Promise<void> {
    await Promise.all(
      this.#servers.map((server) => {
        server.closeAllConnections();
        return new Promise((resolve) => server.close(resolve));
      }),
    );
  }

  async #answer(api: string, request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    let body = "";
    for await (const chunk of request) body += chunk;
    const { method = "", url = "", headers } = request;
    this.seen.push({ api, method, url, headers, body });
    if (this.#failing === url) {
      this.#failing = null;
      request.socket.destroy();
      return;
    }
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ api }));
  }
}
