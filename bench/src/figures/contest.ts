import { setTimeout as pause } from "node:timers/promises";
import { Client } from "pg";
import { Stage } from "../deployment/stage.ts";
import { FrontDoor } from "../siege/crowd/front-door.ts";
import type { Figure, Reading, Settings } from "./figure.ts";
import { spreadOf } from "./spread.ts";

const PATIENCE_MS = 35_000;
/** How often a client that is asked to come back does. */
const TRIES_MAX = 20;
const COME_BACK_MS = 500;
/** How long the board may take to show what was sold last. */
const SHOWN_MS = 3_000;

/** A client of the contest's two calls that buys everything: each item is wanted by two, so that one of them is late. */
export const contest: Figure = {
  name: "contest",
  about: "the contest's two calls: so many workers buy every item of a sale, and exactly that is sold",
  measure,
};

async function measure({ items, workers }: Settings): Promise<Reading> {
  const stage = await Stage.set({ ROTATION: "off", CONTEST_API: "on" });
  const client = new ContestClient(stage.url);
  try {
    const sale = await client.json("POST", "/admin/sales", 201, JSON.stringify({ total_items: items }));
    const saleId = String(sale["id"]);
    const listed = (await client.json("GET", `/sales/${saleId}/items?envelope=1`, 200))["data"] as { id: string }[];
    const ids = listed.map(({ id }) => id);
    const startedMs = performance.now();
    const bought = await buyAll(client, [...ids, ...ids.toReversed()], workers);
    const seconds = (performance.now() - startedMs) / 1_000;
    await pause(SHOWN_MS);
    const shown = Number((await client.json("GET", `/sales/${saleId}`, 200))["items_sold"]);
    const ledger = await soldIn(stage.local.databaseUrl, saleId);
    const audit = await stage.audit(saleId);
    const different = new Set(bought).size;
    return {
      rows: [
        { what: `${items} items, ${workers} workers`, unit: "s", values: { seconds } },
        { what: "sold, by", unit: "items", values: { receipts: bought.length, different, sale: shown, ledger } },
        { what: "POST /checkout", unit: "ms", values: { ...spreadOf(client.tookMs["checkout"]) } },
        { what: "POST /purchase", unit: "ms", values: { ...spreadOf(client.tookMs["purchase"]) } },
      ],
      faults: [
        ...[bought.length, different, shown, ledger]
          .filter((sold) => sold !== items)
          .map((sold) => `${sold} items were sold, not ${items}`),
        ...(audit === null ? [] : [audit]),
        ...client.faults,
      ],
      ...stage.versions,
    };
  } finally {
    await client.close();
    await stage.strike();
  }
}

/** Returns what the receipts name, in any order. */
async function buyAll(client: ContestClient, wanted: string[], workers: number): Promise<string[]> {
  const bought: string[] = [];
  const work = async (worker: number) => {
    let shoppers = 0;
    for (let item = wanted.pop(); item !== undefined; item = wanted.pop()) {
      bought.push(...(await client.buy(`w-${worker}-${shoppers++}`, item)));
    }
  };
  await Promise.all(Array.from({ length: workers }, (_, worker) => work(worker)));
  return bought;
}

async function soldIn(databaseUrl: string, saleId: string): Promise<number> {
  const postgres = new Client({ connectionString: databaseUrl });
  await postgres.connect();
  try {
    const { rows } = await postgres.query(
      "SELECT count(*)::int AS sold FROM public.items WHERE sale_id = $1 AND sold",
      [saleId],
    );
    return rows[0].sold;
  } finally {
    await postgres.end();
  }
}

type Body = Readonly<Record<string, unknown>>;

/** Sends the two calls, and comes back where it is asked to. */
class ContestClient {
  readonly tookMs = { checkout: [] as number[], purchase: [] as number[] };
  /** Answers that should not have come, the first of each kind. */
  readonly faults: string[] = [];
  readonly #door = new FrontDoor();
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  /** One item for one shopper: the items on the receipt, none where somebody else has it. */
  async buy(userId: string, item: string): Promise<readonly string[]> {
    const cart = await this.#timed("checkout", `/checkout?user_id=${userId}&id=${encodeURIComponent(item)}`);
    if (cart.status === 409) return [];
    if (cart.status !== 200) return this.#complain("checkout", cart);
    const receipt = await this.#timed("purchase", `/purchase?code=${encodeURIComponent(String(cart.body["code"]))}`);
    const { successful_items: items } = Object(receipt.body["data"]) as { readonly successful_items?: string[] };
    return receipt.status === 200 && items ? items : this.#complain("purchase", receipt);
  }

  /** One request that must be answered so. */
  async json(method: "GET" | "POST", path: string, wanted: number, body?: string): Promise<Body> {
    const answer = await this.#send(method, path, body);
    if (answer.status !== wanted) throw new Error(`${method} ${path} was answered ${answer.status}`);
    return answer.body;
  }

  async close(): Promise<void> {
    await this.#door.close();
  }

  async #timed(call: "checkout" | "purchase", path: string) {
    const startedMs = performance.now();
    const answer = await this.#send("POST", path);
    this.tookMs[call].push(performance.now() - startedMs);
    return answer;
  }

  async #send(method: "GET" | "POST", path: string, body?: string): Promise<{ status: number; body: Body }> {
    const content = body === undefined ? {} : { headers: { "content-type": "application/json" }, body };
    for (let tries = 1; ; tries += 1) {
      const answer = await this.#door.ask(this.#url, { method, path, ...content, patienceMs: PATIENCE_MS });
      if (answer.kind !== "answer") return { status: 0, body: { message: answer.why } };
      const { status } = answer;
      if (status !== 503 || tries === TRIES_MAX) return { status, body: JSON.parse(answer.body) as Body };
      await pause(answer.retryAfterMs ?? COME_BACK_MS);
    }
  }

  #complain(call: string, { status, body }: { readonly status: number; readonly body: Body }): readonly string[] {
    const fault = `POST /${call} was answered ${status} ${JSON.stringify(body["message"])}`;
    if (!this.faults.includes(fault)) this.faults.push(fault);
    return [];
  }
}
