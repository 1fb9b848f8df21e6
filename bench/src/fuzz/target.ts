import { itemIdAt } from "@flashgate/core";
import { Shop } from "../deployment/shop.ts";

const ITEMS = 500;
/** Of each item: some sell out, the sale does not. */
const STOCK = 400;

/** A deployment of one process each, with a sale that lasts longer than any run. */
export class Target {
  readonly saleId: string;
  readonly itemIds: readonly string[] = Array.from({ length: ITEMS }, (_, index) => itemIdAt(index + 1));
  readonly #shop: Shop;

  /** Resolves once the sale sells. Throws when the deployment does not come up; nothing of it runs then. */
  static async start(folder: string): Promise<Target> {
    const shop = await Shop.open({ ROTATION: "on" }, folder);
    try {
      return new Target(shop, await shop.openSale({ items: ITEMS, stock: STOCK }));
    } catch (error) {
      await shop.close();
      throw error;
    }
  }

  private constructor(shop: Shop, saleId: string) {
    this.#shop = shop;
    this.saleId = saleId;
  }

  get url(): string {
    return this.#shop.stage.url;
  }

  get apiPid(): number {
    return this.#shop.stage.pidOf("api");
  }

  /** How processes ended though nobody had asked them to, a sentence each. */
  deaths(): Promise<readonly string[]> {
    return this.#shop.stage.deaths();
  }

  /** Lines of the processes' logs that say of an error. */
  errorLines(): readonly string[] {
    return this.#shop.stage.errorLines();
  }

  audit(): Promise<{ readonly confirmedUnits: number; readonly violations: readonly string[] }> {
    return this.#shop.audit(this.saleId);
  }

  async stop(): Promise<void> {
    await this.#shop.close();
  }
}
