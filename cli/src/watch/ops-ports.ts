import { CommandFault } from "../command-fault.ts";
import { Connection } from "../connection.ts";
import { type Sample, samplesOf } from "./metrics-text.ts";

/** The ops ports of a deployment's processes by service, as far as they are known. */
export type OpsAddresses = Readonly<Record<string, readonly string[]>>;

/** What the processes themselves tell. */
export interface OpsReading {
  /** Attempts by outcome, of every sale, since each api that answered was started; null where none did. */
  readonly attempts: Readonly<Record<string, number>> | null;
  /** By service: how many ops ports are known, and how many answered. */
  readonly instances: Readonly<Record<string, { readonly known: number; readonly answering: number }>>;
}

const ATTEMPTS = "checkout_attempts_total";
/** How long a process may take to answer. */
const PATIENCE_MS = 1_000;

/** Asks every process for its metrics, each over a connection that is kept. */
export class OpsPorts {
  readonly #where: () => OpsAddresses;
  readonly #token: string;
  readonly #connections = new Map<string, Connection>();

  /** `where` is asked anew each time: a process that is started again has another port. */
  constructor(where: () => OpsAddresses, token: string) {
    this.#where = where;
    this.#token = token;
  }

  /** Throws a CommandFault when a port does not take the token. */
  async read(): Promise<OpsReading> {
    const services = Object.entries(this.#where());
    await this.#leave(new Set(services.flatMap(([, urls]) => urls)));
    const read = await Promise.all(
      services.map(async ([service, urls]) => {
        const pages = await Promise.all(urls.map((url) => this.#page(url)));
        return { service, known: urls.length, pages: pages.filter((page) => page !== null) };
      }),
    );
    const samples = read.flatMap(({ pages }) => pages.flat());
    return {
      attempts: attemptsIn(samples),
      instances: Object.fromEntries(
        read.map(({ service, known, pages }) => [service, { known, answering: pages.length }]),
      ),
    };
  }

  async close(): Promise<void> {
    await this.#leave(new Set());
  }

  /** Null for a process that does not answer in time, or not so. */
  async #page(url: string): Promise<Sample[] | null> {
    const connection = this.#connections.get(url) ?? new Connection(url);
    this.#connections.set(url, connection);
    const headers = { authorization: `Bearer ${this.#token}` };
    // One that is frozen must not hide the others: its connection is given up, which ends the wait.
    const patience = setTimeout(() => this.#giveUp(url), PATIENCE_MS);
    const { status, body } = await connection.send({ method: "GET", path: "/metrics", headers });
    clearTimeout(patience);
    if (status === 401) {
      throw new CommandFault(`${url} does not take the ops token: set OPS_TOKEN to the processes' own`);
    }
    return status === 200 ? samplesOf(body) : null;
  }

  #giveUp(url: string): void {
    void this.#connections.get(url)?.close();
    this.#connections.delete(url);
  }

  /** Ends the connections to all others. */
  async #leave(staying: ReadonlySet<string>): Promise<void> {
    const gone = [...this.#connections].filter(([url]) => !staying.has(url));
    for (const [url] of gone) this.#connections.delete(url);
    await Promise.all(gone.map(([, connection]) => connection.close()));
  }
}

/** Every process has the counter, but only an api counts attempts. Null where no api is among them. */
function attemptsIn(samples: readonly Sample[]): Record<string, number> | null {
  const counters = samples.filter(({ name, labels }) => name === ATTEMPTS && labels["service"] === "api");
  if (counters.length === 0) return null;
  const attempts: Record<string, number> = {};
  for (const { labels, value } of counters) {
    const outcome = labels["outcome"] ?? "";
    if (value > 0) attempts[outcome] = (attempts[outcome] ?? 0) + value;
  }
  return attempts;
}
