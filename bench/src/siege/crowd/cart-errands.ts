import type { Chore } from "./agenda.ts";
import { wish } from "./demand.ts";
import { asking, type Floor, follow, mannersOf } from "./floor.ts";
import type { OpenTicket } from "./ticket-book.ts";

/** What becomes of carts, and how often. */
const FATES = { purchase: 40, fill: 18, cancel: 13, abandon: 20, late: 4, race: 5 };
const THINK_MS_MAX = 9_000;
const ADDS_MAX = 3;
/** Around its deadline a late purchase meets the expiry. */
const LATE_MS = 400;
const TRIES_MAX = 5;
const RETRY_MS_MIN = 100;
const RETRY_MS_MAX = 2_500;
/** Refusals that say nothing about the cart itself. */
const COME_BACK = new Set(["gate_shut", "unsent", "sale_paused"]);

/** Decides what its shopper will do with a cart, and when. */
export function planCart(floor: Floor, cart: OpenTicket): void {
  const thoughtAtMs = floor.history.nowMs() + floor.dice.between(50, THINK_MS_MAX);
  const [atMs, chore] = fateOf(floor, cart, thoughtAtMs, cart.cartUntilMs ?? thoughtAtMs);
  floor.agenda.add(atMs, chore);
}

function fateOf(floor: Floor, cart: OpenTicket, thoughtAtMs: number, untilMs: number): readonly [number, Chore] {
  const { dice } = floor;
  switch (dice.weighted(FATES)) {
    case "purchase":
      return [thoughtAtMs, () => purchase(floor, cart)];
    case "fill":
      return [thoughtAtMs, () => fill(floor, cart, 1 + dice.below(ADDS_MAX))];
    case "cancel":
      return [thoughtAtMs, () => cancel(floor, cart)];
    case "abandon":
      return [untilMs + dice.between(0, 3_000), asking(floor, cart)];
    case "late":
      return [untilMs + dice.between(-LATE_MS, LATE_MS), () => purchase(floor, cart)];
    case "race":
      return [thoughtAtMs, async () => Math.max(...(await Promise.all([purchase(floor, cart), cancel(floor, cart)])))];
  }
}

/** Adds a unit, and another, then purchases. A lost answer is not repeated: it would add twice. */
async function fill(floor: Floor, cart: OpenTicket, adds: number): Promise<number> {
  const { agenda, desk, dice, history, sales } = floor;
  const items = sales().find(({ id }) => id === cart.saleId)?.itemIds ?? [];
  const named = items.length > 0 && dice.chance(0.4);
  const wanted = named ? wish([{ itemId: dice.pick(items), quantity: 1 }]) : wish([], 1);
  await desk.step("add", cart, wanted, mannersOf(floor));
  const next = adds > 1 ? () => fill(floor, cart, adds - 1) : () => purchase(floor, cart);
  agenda.add(history.nowMs() + dice.between(20, THINK_MS_MAX / 3), next);
  return 0;
}

async function purchase(floor: Floor, cart: OpenTicket, tries = 1): Promise<number> {
  const { desk, dice, history } = floor;
  const outcome = await desk.step("purchase", cart, null, mannersOf(floor));
  const nowMs = history.nowMs();
  if (outcome.kind === "ok") cart.cartUntilMs = null;
  const comesBack = outcome.kind === "info" || (outcome.kind === "fail" && COME_BACK.has(outcome.code));
  if (comesBack && tries < TRIES_MAX && dice.chance(0.9)) {
    return again(floor, () => purchase(floor, cart, tries + 1));
  }
  follow(floor, cart, nowMs + dice.between(200, 1_500));
  return 0;
}

/** Gives a checkout up; whatever the answer, the ticket tells in the end. */
export async function cancel(floor: Floor, ticket: OpenTicket, tries = 1): Promise<number> {
  const { desk, dice, history } = floor;
  const outcome = await desk.step("cancel", ticket, null, mannersOf(floor));
  if (outcome.kind === "info" && tries < TRIES_MAX && dice.chance(0.8)) {
    return again(floor, () => cancel(floor, ticket, tries + 1));
  }
  follow(floor, ticket, history.nowMs() + dice.between(0, 1_000));
  return 0;
}

function again({ agenda, dice, history }: Floor, chore: () => Promise<number>): number {
  agenda.add(history.nowMs() + dice.between(RETRY_MS_MIN, RETRY_MS_MAX), chore);
  return dice.between(0, RETRY_MS_MIN);
}
