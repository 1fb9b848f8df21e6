import { Shop } from "../deployment/shop.ts";
import type { Settings } from "../figures/figure.ts";
import { reserveFor, settledOf } from "./reserving.ts";
import { Wrk } from "./wrk.ts";

/** How long a new deployment is under load before anything counts: code is compiled, and caches and pools are filled. */
const WARM_S = 2;

/** Puts up deployments: own ones for each figure, or the same for all. */
export class Shops {
  readonly #isShared: boolean;
  readonly #shared: Shop[] = [];

  constructor(isShared: boolean) {
    this.#isShared = isShared;
  }

  /** Opens a shop for as long as `act` runs; where shops are shared, the one that others had and will have. */
  async with<Value>(settings: Settings, act: (shop: Shop) => Promise<Value>): Promise<Value> {
    return this.#withThe(0, settings, act);
  }

  /** The same of two, side by side. */
  async withTwo<Value>(settings: Settings, act: (one: Shop, other: Shop) => Promise<Value>): Promise<Value> {
    return this.#withThe(0, settings, (one) => this.#withThe(1, settings, (other) => act(one, other)));
  }

  async close(): Promise<void> {
    for (const shop of this.#shared.splice(0)) await shop.close();
  }

  async #withThe<Value>(number: number, settings: Settings, act: (shop: Shop) => Promise<Value>): Promise<Value> {
    const shop = this.#shared[number] ?? (await openWarm(settings));
    if (this.#isShared) this.#shared[number] = shop;
    try {
      return await act(shop);
    } finally {
      if (!this.#isShared) await shop.close();
    }
  }
}

async function openWarm({ connections, seconds }: Settings): Promise<Shop> {
  const shop = await Shop.open();
  try {
    const wrk = await Wrk.find(process.env);
    const shape = { connections, seconds: Math.min(WARM_S, seconds) };
    const { faults } = await settledOf(shop, await reserveFor(shop, wrk, shape));
    if (faults.length > 0) throw new Error(faults.join("; "));
    return shop;
  } catch (error) {
    await shop.close();
    throw error;
  }
}
