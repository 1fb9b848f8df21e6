import { once } from "node:events";
import { createReadStream, createWriteStream, type WriteStream } from "node:fs";
import { finished } from "node:stream/promises";
import type { RejectReason } from "@flashgate/core";

/*
 * What a siege's clients asked and were told, in the order in which it happened: one JSON object a line. The four words of
 * an operation are those of Jepsen and its checker Knossos (https://github.com/jepsen-io/jepsen): it is invoked, and then
 * it is `ok` (acknowledged), `fail` (certainly nothing happened) or `info` (nobody knows). What the siege destroyed stands
 * between them, so that a checker needs nothing else to tell what may be missing.
 *
 * Times are Unix milliseconds of one process by a clock that never steps back. A line is written after what it tells, so a
 * line whose `atMs` is below another's `askedAtMs` was told before the other was asked.
 */

/** A sale as the siege scheduled it. */
export interface SiegeSale {
  readonly id: string;
  readonly opensAtMs: number;
  readonly closesAtMs: number;
  readonly settleUntilMs: number;
  readonly units: number;
  readonly limitPerUser: number;
  readonly itemIds: readonly string[];
}

/** Redis data that the siege destroyed. */
export interface Destruction {
  readonly kind: "wiped" | "older_copy" | "promoted" | "failed_back";
  /** The open epoch, when the data was lost, of each unsealed sale whose gate it was. */
  readonly saleEpochs: Readonly<Record<string, number>>;
  /** What was answered before this moment survived; null: nothing did. */
  readonly keptUntilMs: number | null;
  readonly lostAtMs: number;
  /** Until when an old primary went on answering beside the new one. */
  readonly zombieUntilMs?: number;
  /** Holds in the gate just before. */
  readonly holdsLost: number;
}

/** A ticket's state as a shopper reads it; `reserved` and `queued` are not final. */
export type TicketState = "reserved" | "queued" | FinalState;
export type FinalState = "confirmed" | "expired" | "cancelled" | `rejected:${RejectReason}`;

/** What a shopper can ask for. */
export type Call = "reserve" | "add" | "purchase" | "cancel";

export interface ReserveInvoked {
  readonly kind: "invoke";
  readonly call: "reserve";
  readonly op: number;
  readonly atMs: number;
  readonly saleId: string;
  readonly userId: string;
  readonly mode: "cart" | "purchase";
  /** Idempotency key; absent where none was sent. */
  readonly key?: string;
  /** What was asked for, in one word: two requests of one key mean the same when it and the mode are the same. */
  readonly demand: string;
}

/** A step on a checkout whose ticket the shopper has. */
export interface StepInvoked {
  readonly kind: "invoke";
  readonly call: Exclude<Call, "reserve">;
  readonly op: number;
  readonly atMs: number;
  readonly saleId: string;
  readonly userId: string;
  readonly checkoutId: string;
  /** Of an `add`: what was asked for. */
  readonly demand?: string;
}

/** Acknowledged. `lines` as in core's formatLines, ordered by item; empty where the answer named none. */
export interface Acknowledged {
  readonly kind: "ok";
  readonly op: number;
  readonly atMs: number;
  readonly checkoutId: string;
  /** The opening that the answer's ticket names. */
  readonly epoch: number;
  readonly state: TicketState;
  readonly lines: string;
}

/** Refused: certainly nothing happened. */
export interface Refused {
  readonly kind: "fail";
  readonly op: number;
  readonly atMs: number;
  readonly code: string;
}

/** No answer, or one that does not say. `checkoutId`: which checkout it would be, where the answer named it. */
export interface Unknown {
  readonly kind: "info";
  readonly op: number;
  readonly atMs: number;
  readonly code: string;
  readonly checkoutId?: string;
}

/** A ticket's state was read. */
export interface Observed {
  readonly kind: "observed";
  readonly checkoutId: string;
  readonly askedAtMs: number;
  readonly atMs: number;
  readonly state: TicketState;
}

export interface Destroyed {
  readonly kind: "destroyed";
  readonly destruction: Destruction;
}

/** From `sinceMs` to `untilMs` shoppers under no limit asked this sale for single units of anything, again and again. */
export interface SoldOutRush {
  readonly kind: "rush";
  readonly saleId: string;
  readonly sinceMs: number;
  readonly untilMs: number;
}

export type Invoked = ReserveInvoked | StepInvoked;
export type Completed = Acknowledged | Refused | Unknown;
export type HistoryEntry = Invoked | Completed | Observed | Destroyed | SoldOutRush;

/** Text that may wait for the disk before writers are asked to wait. */
const WAITING_CHARS_MAX = 4_000_000;
/** Text that is handed to the disk at once. */
const CHUNK_CHARS = 64_000;

/** Appends entries to a file. One process writes a history, so the order of its lines is the order of events. */
export class HistoryWriter {
  readonly #stream: WriteStream;
  #chunk: string[] = [];
  #chunkChars = 0;
  #entries = 0;
  #nowMs = 0;
  /** While the disk is behind. */
  #drained: Promise<unknown> | undefined;

  constructor(file: string) {
    this.#stream = createWriteStream(file, { flags: "a", highWaterMark: WAITING_CHARS_MAX });
    // A failure is told by `room` and `close`, which every run comes to.
    this.#stream.on("error", () => undefined);
  }

  get entries(): number {
    return this.#entries;
  }

  /** The history's clock: the machine's, like that of the stores, but it never steps back. */
  nowMs(): number {
    this.#nowMs = Math.max(this.#nowMs, Date.now());
    return this.#nowMs;
  }

  append(entry: HistoryEntry): void {
    const line = `${JSON.stringify(entry)}\n`;
    this.#entries += 1;
    this.#chunk.push(line);
    this.#chunkChars += line.length;
    if (this.#chunkChars >= CHUNK_CHARS) this.#flush();
  }

  /** Resolves when there is room for more: whoever produces entries waits for it now and then. Rejects when the disk fails. */
  async room(): Promise<void> {
    await this.#drained;
    if (this.#stream.errored) throw this.#stream.errored;
  }

  /** Writes what waits and closes the file. */
  async close(): Promise<void> {
    this.#flush();
    this.#stream.end();
    await finished(this.#stream);
  }

  #flush(): void {
    const free = this.#stream.write(this.#chunk.join(""));
    this.#chunk = [];
    this.#chunkChars = 0;
    if (!free) this.#drained ??= this.#drain();
  }

  async #drain(): Promise<void> {
    await once(this.#stream, "drain").catch(() => undefined);
    this.#drained = undefined;
  }
}

/**
 * Reads a history. What follows the last line break is a line that its writer did not finish, and is left out. Throws
 * where a whole line is not an entry, with its number.
 */
export async function* readHistory(file: string): AsyncGenerator<HistoryEntry, void, undefined> {
  let rest = "";
  let line = 0;
  for await (const chunk of createReadStream(file, { encoding: "utf8", highWaterMark: 1 << 20 })) {
    const lines = (rest + String(chunk)).split("\n");
    rest = lines.pop() ?? "";
    for (const text of lines) {
      line += 1;
      yield entryOf(text, line, file);
    }
  }
}

function entryOf(text: string, line: number, file: string): HistoryEntry {
  try {
    return JSON.parse(text) as HistoryEntry;
  } catch (error) {
    throw new Error(`${file}:${line} is not an entry of a history`, { cause: error });
  }
}
