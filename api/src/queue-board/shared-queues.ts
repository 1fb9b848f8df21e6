import type { QueueReader } from "@flashgate/core";
import type { OpenQueues } from "./queue-board.ts";

/** The queues over one connection for all who look at them, opened at the first look, and again where it failed. */
export class SharedQueues implements QueueReader {
  readonly #open: () => Promise<OpenQueues>;
  #opened: Promise<OpenQueues> | undefined;

  constructor(open: () => Promise<OpenQueues>) {
    this.#open = open;
  }

  /** Theirs to look at, and not to close. */
  async open(): Promise<OpenQueues> {
    this.#opened ??= this.#open();
    try {
      const queues = await this.#opened;
      return { ...queues, close: async () => undefined };
    } catch (error) {
      this.#opened = undefined;
      throw error;
    }
  }

  async depth() {
    return (await this.open()).depth();
  }

  /** Idempotent. */
  async close(): Promise<void> {
    const opened = this.#opened;
    this.#opened = undefined;
    await (await opened?.catch(() => undefined))?.close();
  }
}
