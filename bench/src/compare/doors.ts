/** Figures of the api alone, each against a server that does nothing. */

import { type Shop, sumOf, usedBetween } from "../deployment/shop.ts";
import type { Figure, Reading, Settings } from "../figures/figure.ts";
import { FrontDoor } from "../siege/crowd/front-door.ts";
import { BODY, checkoutsOf, loadPlan } from "./load-plan.ts";
import { reserveUnsettled, settledOf } from "./reserving.ts";
import { comparedRows, loadFaults, type ServedRun, servedOf } from "./served.ts";
import type { Wrk } from "./wrk.ts";

const FEW = 10;
const TICKETS = 500;
const PATIENCE_MS = 15_000;

export const reserve: Figure = {
  name: "reserve",
  about:
    "checkouts reserved by one api, while the worker stands still, to a bare Express app's answers to the same POST",
  measure: (settings, shops) => shops.with(settings, (shop) => measureReserve(shop, settings)),
};

export const refuse: Figure = {
  name: "refuse",
  about: "refusals of a sale that is sold out, to a bare Express app's answers to the same POST",
  measure: (settings, shops) => shops.with(settings, (shop) => measureRefuse(shop, settings)),
};

export const poll: Figure = {
  name: "poll",
  about: "reads of tickets that are decided, to a bare Express app's answers to the same GET",
  measure: (settings, shops) => shops.with(settings, (shop) => measurePoll(shop, settings)),
};

async function measureReserve(shop: Shop, settings: Settings): Promise<Reading> {
  const sample = await sampleOf(shop);
  const ours = async (wrk: Wrk): Promise<ServedRun> => {
    const reserved = await shop.halting("worker", () => reserveUnsettled(shop, wrk, settings));
    const { load, before, after } = reserved;
    const { faults } = await settledOf(shop, reserved);
    return { ...servedOf(load, load.requests, sumOf(usedBetween(before, after))), faults };
  };
  const comparison = {
    what: "checkouts reserved",
    atLeast: 2.5,
    answer: sample,
    paths: [checkoutsOf("s")],
    body: BODY,
  };
  return { ...(await comparedRows({ ...comparison, ours }, settings)), ...shop.stage.versions };
}

async function measureRefuse(shop: Shop, settings: Settings): Promise<Reading> {
  const saleId = await shop.openSale({ items: FEW });
  for (let sold = 0; sold < FEW; sold += 1) await ask(shop, "POST", checkoutsOf(saleId), `first-${sold}`);
  const before = await shop.drained(saleId);
  const sample = await ask(shop, "POST", checkoutsOf(saleId), "late");
  const ours = (wrk: Wrk) => answeredRun(shop, wrk, settings, { saleId, paths: [checkoutsOf(saleId)], body: BODY });
  const comparison = { what: "refusals", atLeast: 3, answer: sample, paths: [checkoutsOf("s")], body: BODY };
  const { rows, faults } = await comparedRows({ ...comparison, ours }, settings);
  return { rows, faults: [...before.faults, ...faults, ...notThese(sample.status, 409)], ...shop.stage.versions };
}

async function measurePoll(shop: Shop, settings: Settings): Promise<Reading> {
  const saleId = await shop.openSale({ items: TICKETS });
  const tickets: string[] = [];
  for (let index = 0; index < TICKETS; index += 1) {
    const { body } = await ask(shop, "POST", checkoutsOf(saleId), `polls-${index}`);
    tickets.push((body as { readonly ticket: string }).ticket);
  }
  const { faults: undrained } = await shop.drained(saleId);
  const paths = tickets.map((ticket) => `/v1/tickets/${ticket}`);
  const sample = await ask(shop, "GET", paths[0] ?? "", "polls-0");
  const ours = (wrk: Wrk) => answeredRun(shop, wrk, settings, { saleId, paths });
  const { rows, faults } = await comparedRows(
    { what: "ticket polls", atLeast: 2, answer: sample, paths, ours },
    settings,
  );
  return { rows, faults: [...undrained, ...faults, ...notThese(sample.status, 200)], ...shop.stage.versions };
}

interface Asked {
  readonly saleId: string;
  readonly paths: readonly string[];
  readonly body?: string;
}

/** A run that sells nothing; the audit is the same after it. */
async function answeredRun(
  shop: Shop,
  wrk: Wrk,
  settings: Settings,
  { saleId, paths, body }: Asked,
): Promise<ServedRun> {
  const before = shop.usage();
  const load = await wrk.run(loadPlan(shop.stage.url, settings, paths, body));
  const cpuMs = sumOf(usedBetween(before, shop.usage()));
  const { faults } = await shop.drained(saleId);
  return {
    ...servedOf(load, load.requests, cpuMs),
    faults: [...faults, ...loadFaults("the api", load, body !== undefined)],
  };
}

/** What the api answers to a checkout: the reference is to answer as much. */
export async function sampleOf(shop: Shop): Promise<{ readonly status: number; readonly body: object }> {
  const saleId = await shop.openSale({ items: FEW });
  const sample = await ask(shop, "POST", checkoutsOf(saleId), "s1234567-0-12345");
  const faults = [...notThese(sample.status, 202), ...(await shop.drained(saleId)).faults];
  if (faults.length > 0) throw new Error(faults.join("; "));
  return sample;
}

function notThese(status: number, wanted: number): string[] {
  return status === wanted ? [] : [`the api answered ${status}, not ${wanted}`];
}

async function ask(shop: Shop, method: "GET" | "POST", path: string, userId: string) {
  const door = new FrontDoor();
  try {
    const headers = { "x-user-id": userId, ...(method === "POST" ? { "content-type": "application/json" } : {}) };
    const content = method === "POST" ? { body: BODY } : {};
    const answer = await door.ask(shop.stage.url, { method, path, headers, ...content, patienceMs: PATIENCE_MS });
    if (answer.kind !== "answer") throw new Error(`${method} ${path}: ${answer.why}`);
    return { status: answer.status, body: JSON.parse(answer.body) as object };
  } finally {
    await door.close();
  }
}
