import { Redis } from "ioredis";
import type { Shop } from "../deployment/shop.ts";
import { Counter } from "../figures/counter.ts";
import type { Figure, Reading, Settings } from "../figures/figure.ts";
import { eachOf } from "../figures/pace.ts";
import { repeated, runsRow } from "./ratio.ts";

const AT_ONCE = 64;
const KEYS_A_LOOK = 1_000;

/** Carts: they are held, and no page of theirs waits. */
export const memory: Figure = {
  name: "memory",
  about: "bytes of Redis's memory that a sale of --items takes, and that each hold adds, by MEMORY USAGE of its keys",
  measure: (settings, shops) => shops.with(settings, (shop) => measure(shop, settings)),
};

async function measure(shop: Shop, settings: Settings): Promise<Reading> {
  const redis = new Redis(shop.stage.local.redisUrl);
  try {
    const runs = await repeated(settings.pairs, () => weighed(shop, redis, settings));
    const megabytes = runs.map(({ saleBytes }) => saleBytes / 1e6);
    return {
      rows: [
        runsRow(
          "a hold",
          "bytes",
          runs.map(({ holdBytes }) => holdBytes),
          { atMost: 350 },
        ),
        runsRow(`a sale of ${settings.items} items, nothing held`, "MB", megabytes, { atMost: 4 }),
      ],
      faults: runs.flatMap(({ faults }) => faults),
      ...shop.stage.versions,
    };
  } finally {
    redis.disconnect();
  }
}

async function weighed(shop: Shop, redis: Redis, { items }: Settings) {
  const saleId = await shop.openSale({ items });
  const saleBytes = await bytesOf(redis, saleId);
  const counter = new Counter(shop.stage.url, saleId);
  try {
    const tickets: string[] = [];
    await eachOf(items, AT_ONCE, async (index) => {
      tickets[index] = await counter.reserve(userOf(index), "cart");
    });
    const holdBytes = ((await bytesOf(redis, saleId)) - saleBytes) / items;
    await eachOf(items, AT_ONCE, (index) => counter.purchase(userOf(index), tickets[index] ?? ""));
    const { settled, faults } = await shop.drained(saleId);
    return {
      saleBytes,
      holdBytes,
      faults: [...faults, ...(settled === items ? [] : [`${settled} of ${items} were sold`])],
    };
  } finally {
    await counter.close();
  }
}

const userOf = (index: number) => `shopper-${index}`;

/** Of every key that bears the sale's name, all of its elements counted. */
async function bytesOf(redis: Redis, saleId: string): Promise<number> {
  let [cursor, bytes] = ["0", 0];
  do {
    const [next, keys] = await redis.scan(cursor, "MATCH", `*${saleId}*`, "COUNT", KEYS_A_LOOK);
    for (const key of keys) bytes += Number((await redis.memory("USAGE", key, "SAMPLES", 0)) ?? 0);
    cursor = next;
  } while (cursor !== "0");
  return bytes;
}
