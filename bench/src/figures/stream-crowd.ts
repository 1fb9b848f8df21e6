import { EventSocket } from "./event-socket.ts";
import { eachOf } from "./pace.ts";

const OPENING_AT_ONCE = 100;
/** Each address has some 28,000 ports to come from, some of which are still taken by an earlier run. */
const ADDRESSES = 8;

/** Clients who follow a stream of events each, and read what comes. */
export class StreamCrowd {
  readonly #clients: EventSocket[] = [];
  #left = false;
  #events = 0;
  #ended = 0;

  /** Events told to all of them, their first ones included. */
  get events(): number {
    return this.#events;
  }

  /** Streams that ended though nobody had left. */
  get ended(): number {
    return this.#ended;
  }

  /** Resolves once every stream has begun. Rejects with why one did not. */
  async open(url: string, paths: readonly string[]): Promise<void> {
    const count = () => {
      this.#events += 1;
    };
    await eachOf(paths.length, OPENING_AT_ONCE, async (index) => {
      const client = new EventSocket(url, paths[index] ?? "", count, addressOf(index));
      this.#clients.push(client);
      void client.closed.then(() => {
        if (!this.#left) this.#ended += 1;
      });
      await client.opened;
    });
  }

  /** Resolves once all have left. */
  async leave(): Promise<void> {
    this.#left = true;
    for (const client of this.#clients) client.leave();
    await Promise.all(this.#clients.map(({ closed }) => closed));
  }
}

/** Only Linux has all of 127.0.0.0/8 without being told. */
function addressOf(index: number): string | undefined {
  return process.platform === "linux" ? `127.0.0.${2 + (index % ADDRESSES)}` : undefined;
}
