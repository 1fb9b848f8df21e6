import { readFileSync } from "node:fs";
import { join } from "node:path";
import { auditSale } from "@flashgate/core";
import { Fleet } from "../fleet/fleet.ts";
import { openLongSale } from "../fleet/long-sale.ts";
import { until } from "../fleet/until.ts";
import { Stores } from "../siege/stores.ts";

const READY_MS_MAX = 60_000;

/** A deployment of one process each, with a sale that lasts longer than any run. */
export class Target {
  readonly saleId: string;
  readonly itemIds: readonly string[];
  readonly #fleet: Fleet;
  readonly #stores: Stores;
  readonly #folder: string;
  readonly #storeDeaths: readonly string[];

  /** Resolves once the sale sells. Throws when the deployment does not come up; nothing is left of it then. */
  static async start(folder: string, secret: string, env: NodeJS.ProcessEnv): Promise<Target> {
    const deaths: string[] = [];
    const onStoreDied = (store: string, how: string) => deaths.push(`${store} ${how}`);
    const fleet = await Fleet.start({ folder, secret, env, count: 1, skewMs: {}, onStoreDied });
    const stores = new Stores(fleet);
    try {
      const ready = () => fleet.slots.every(({ process }) => process.isReady);
      if (!(await until(ready, READY_MS_MAX))) throw new Error("not every process got ready: see the logs");
      const { saleId, itemIds } = await openLongSale(stores, fleet.apiUrls[0] ?? "");
      return new Target(fleet, stores, folder, saleId, itemIds, deaths);
    } catch (error) {
      await stores.close();
      await fleet.stop();
      throw error;
    }
  }

  private constructor(
    fleet: Fleet,
    stores: Stores,
    folder: string,
    saleId: string,
    itemIds: readonly string[],
    storeDeaths: readonly string[],
  ) {
    this.#fleet = fleet;
    this.#stores = stores;
    this.#folder = folder;
    this.#storeDeaths = storeDeaths;
    this.saleId = saleId;
    this.itemIds = itemIds;
  }

  get url(): string {
    return this.#fleet.apiUrls[0] ?? "";
  }

  get apiPid(): number {
    return this.#fleet.of("api")[0]?.process.pid ?? 0;
  }

  /** How processes ended though nobody had asked them to, a sentence each. */
  get deaths(): readonly string[] {
    const ends = this.#fleet.slots.flatMap(({ name, process }) =>
      [...process.exits.keys()].map((how) => `${name} ${how}`),
    );
    return [...ends, ...this.#storeDeaths];
  }

  /** Lines of the processes' logs that say of an error. */
  errorLines(): readonly string[] {
    return this.#fleet.slots.flatMap(({ name }) => {
      const lines = readFileSync(join(this.#folder, "logs", `${name}.log`), "utf8").split("\n");
      return lines.filter((line) => /"level":"?(50|60|error|fatal)|nhandled|UnhandledPromise/.test(line));
    });
  }

  async audit(): Promise<{ readonly confirmedUnits: number; readonly violations: readonly string[] }> {
    const { reader } = await this.#stores.gate();
    const report = await auditSale({ ledger: this.#stores.ledger, gate: reader }, this.saleId);
    if (!report) throw new Error(`the ledger does not know ${this.saleId}`);
    return {
      confirmedUnits: report.confirmedUnits,
      violations: report.violations.map((violation) => JSON.stringify(violation)),
    };
  }

  async stop(): Promise<void> {
    await this.#stores.close();
    await this.#fleet.stop();
  }
}
