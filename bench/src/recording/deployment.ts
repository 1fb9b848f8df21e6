import { type AttemptRecording, generatedCatalogue, LIMIT_PER_USER } from "@flashgate/core";
import { createPool } from "@flashgate/drizzle";
import { v7 } from "uuid";
import { Fleet } from "../fleet/fleet.ts";
import { whenSelling } from "../fleet/sale-opening.ts";
import { until } from "../fleet/until.ts";
import { Stores } from "../siege/stores.ts";
import { familyCpuMs } from "./cpu-time.ts";

const READY_MS_MAX = 60_000;
const WINDOW_MS = 3_600_000;
/** Looks whether the api admits; what it tries does not count. */
const PROBE = "probe";

/** What the deployment has used so far: processor time by who used it, and bytes of Postgres's log. */
export interface Usage {
  readonly apiMs: number;
  readonly workerMs: number;
  readonly postgresMs: number;
  readonly walBytes: number;
}

/** One api, one worker, one scheduler and stores of their own, whose sales the caller makes. */
export class Deployment {
  readonly #fleet: Fleet;
  readonly #stores: Stores;
  readonly #pool: ReturnType<typeof createPool>;

  /** Resolves once every process is ready. Throws when one does not get so; nothing is left then. */
  static async start(folder: string, secret: string, env: NodeJS.ProcessEnv): Promise<Deployment> {
    const onStoreDied = (store: string, how: string) => {
      throw new Error(`${store} ${how}`);
    };
    // What a sale keeps is the sale's to say, so that one deployment can be asked for all three in turn.
    const own = { ...env, ROTATION: "off", ATTEMPTS: "all" };
    const fleet = await Fleet.start({ folder, secret, env: own, count: 1, skewMs: {}, onStoreDied });
    const ready = () => fleet.slots.every(({ process }) => process.isReady);
    if (await until(ready, READY_MS_MAX)) return new Deployment(fleet);
    await fleet.stop();
    throw new Error("not every process got ready: see the logs");
  }

  private constructor(fleet: Fleet) {
    this.#fleet = fleet;
    this.#stores = new Stores(fleet);
    const url = fleet.postgres.url;
    this.#pool = createPool({ url, max: 1, applicationName: "flashgate-bench", onError: () => undefined });
  }

  get apiUrl(): string {
    return this.#fleet.apiUrls[0] ?? "";
  }

  /** Puts on a sale of so many items that keeps these attempts; resolves to its id once the api sells from it. */
  async openSale(attempts: AttemptRecording, items: number): Promise<string> {
    const id = `x-${v7()}`;
    const opensAtMs = Date.now();
    const window = { opensAtMs, closesAtMs: opensAtMs + WINDOW_MS, settleUntilMs: opensAtMs + 2 * WINDOW_MS };
    const plan = { id, ...window, limitPerUser: LIMIT_PER_USER, attempts };
    await this.#stores.ledger.schedule(plan, generatedCatalogue(id, items));
    await whenSelling(this.#stores, id, () => isAdmitting(this.apiUrl, id));
    return id;
  }

  /** Resolves once so many units are sold and none is held any more. Throws where that takes too long. */
  async settled(saleId: string, units: number): Promise<void> {
    const { reader } = await this.#stores.gate();
    const isSettled = async () => {
      const found = await reader.totals(saleId);
      return found?.totals.sold === units && found.totals.held === 0;
    };
    if (await until(isSettled, READY_MS_MAX, { everyMs: 10 })) return;
    throw new Error(`${saleId} did not settle: see the worker's log`);
  }

  async usage(): Promise<Usage> {
    const [api, worker] = [this.#pidOf("api"), this.#pidOf("worker")];
    const { rows } = await this.#pool.query<{ bytes: number }>(
      "select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::float8 as bytes",
    );
    return {
      apiMs: familyCpuMs(api),
      workerMs: familyCpuMs(worker),
      postgresMs: familyCpuMs(this.#fleet.postgres.pid ?? 0),
      walBytes: rows[0]?.bytes ?? Number.NaN,
    };
  }

  /** Attempts that the ledger has of a sale's shoppers. */
  async attemptsOf(saleId: string): Promise<{ readonly accepted: number; readonly refused: number }> {
    const { rows } = await this.#pool.query<{ accepted: number; refused: number }>(
      `select count(checkout_id)::int as accepted, (count(*) - count(checkout_id))::int as refused
       from flashgate.checkout_attempts where sale_id = $1 and user_id <> $2`,
      [saleId, PROBE],
    );
    return rows[0] ?? { accepted: 0, refused: 0 };
  }

  async stop(): Promise<void> {
    await this.#pool.end();
    await this.#stores.close();
    await this.#fleet.stop();
  }

  #pidOf(service: "api" | "worker"): number {
    return this.#fleet.of(service)[0]?.process.pid ?? 0;
  }
}

/** An api hears of an opening a moment later; from then on its gate can tell that there is no such item. */
async function isAdmitting(url: string, saleId: string): Promise<boolean> {
  const answer = await fetch(`${url}/v1/sales/${saleId}/checkouts`, {
    method: "POST",
    headers: { "x-user-id": PROBE, "content-type": "application/json" },
    body: '{"items":[{"item_id":"none","quantity":1}]}',
  });
  return ((await answer.json()) as { code?: string }).code === "unknown_item";
}
