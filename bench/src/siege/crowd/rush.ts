import { setTimeout as delay } from "node:timers/promises";
import type { SiegeSale } from "../history.ts";
import { wish } from "./demand.ts";
import { type Floor, patient } from "./floor.ts";

/** Between two questions whether something came back. */
const ASK_AGAIN_MS = 150;
/** Shoppers at once for each sale. */
const RUSHING = 8;

/** Buys what is left of every sale that runs now, with shoppers who never bought before, until it closes or `untilMs`. */
export async function sellOut(floor: Floor, untilMs: number): Promise<void> {
  const nowMs = floor.history.nowMs();
  const running = floor.sales().filter((sale) => sale.opensAtMs <= nowMs && nowMs < sale.closesAtMs);
  await Promise.all(running.map((sale) => rush(floor, sale, Math.min(untilMs, sale.closesAtMs))));
}

/**
 * Takes the many units with big checkouts, then goes on asking for single ones, because carts that nobody purchased come
 * back. The history hears of the time in which whoever wanted a unit of the sale got one.
 */
async function rush(floor: Floor, sale: SiegeSale, untilMs: number): Promise<void> {
  const { history } = floor;
  await Promise.all(
    Array.from({ length: RUSHING }, async (_, lane) => {
      for (let buyer = 0; history.nowMs() < untilMs; buyer += 1) {
        const code = await buy(floor, sale, `rush-${lane}-${buyer}`, sale.limitPerUser);
        if (code === "sold_out" || code === "sale_closed") return;
        if (code !== "ok") await delay(ASK_AGAIN_MS);
      }
    }),
  );
  let sinceMs: number | null = null;
  let lastMs: number | null = null;
  for (let buyer = 0; history.nowMs() < untilMs; buyer += 1) {
    const askedAtMs = history.nowMs();
    const code = await buy(floor, sale, `rush-last-${buyer}`, 1);
    if (code === "sale_closed") break;
    if (code === "sold_out") {
      sinceMs ??= askedAtMs;
      lastMs = askedAtMs;
    }
    if (code !== "ok") await delay(ASK_AGAIN_MS);
  }
  if (sinceMs !== null && lastMs !== null) {
    history.append({ kind: "rush", saleId: sale.id, sinceMs, untilMs: lastMs });
  }
}

/** The code of the answer; `ok` for a ticket. */
async function buy(floor: Floor, sale: SiegeSale, userId: string, units: number): Promise<string> {
  const request = { saleId: sale.id, userId, mode: "purchase", key: null, wish: wish([], units) } as const;
  const outcome = await floor.desk.reserve(request, patient(floor));
  if (outcome.kind !== "ok") return outcome.code;
  floor.book.accept(outcome.ticket, sale.id, userId);
  return "ok";
}
