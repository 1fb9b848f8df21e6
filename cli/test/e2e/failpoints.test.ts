import { spawn } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Failpoint } from "@flashgate/monitoring";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findAddresses, withStores } from "../../src/commands/stores.ts";
import { ask, Instance } from "./instance.ts";
import { auditAtRest, endOf, expectSold, insist } from "./patient-client.ts";
import { passDeadline, redisCommand } from "./redis-wire.ts";
import { POINTS, serviceAt, Traps } from "./traps.ts";

const PROGRAM = fileURLToPath(new URL("../../bin/flashgate.js", import.meta.url));

const dataDir = mkdtempSync(join(tmpdir(), "flashgate-failpoints-"));
const instance = new Instance(dataDir);
const traps = new Traps(join(dataDir, "traps"));
/** Those of the removal of old sales have a test of their own. */
const tried = new Set<Failpoint>(["retain.begun", "retain.removed"]);

let sale: string;
/** Units of the sale that were sold to somebody so far. */
let sold = 0;
let shoppers = 0;

beforeAll(async () => {
  const processes = ["--api", "2", "--worker", "2", "--scheduler", "2"];
  await instance.up(processes, { ROTATION: "off", ...traps.env });
  sale = await instance.newSale("--items", "100");
}, 90_000);
afterAll(() => instance.dispose());

/** Has a process die at each of the points, or `times` of them at one. */
async function crash(at: Failpoint | readonly Failpoint[], provoke: () => Promise<unknown>, times = 1): Promise<void> {
  const points = [at].flat();
  const killed = () => instance.output.match(/was ended by SIGKILL/g)?.length ?? 0;
  const before = killed();
  for (const point of points) traps.set(point, times);
  await provoke();
  for (const point of points) {
    const victims = await traps.sprung(point, times);
    const alive = () => instance.state.pids[serviceAt(point)];
    await expect.poll(alive, { timeout: 5_000 }).not.toEqual(expect.arrayContaining(victims));
    tried.add(point);
  }
  await expect.poll(killed, { timeout: 5_000 }).toBe(before + points.length * times);
}

/** A shopper of its own, whose request may be repeated. */
function newShopper(mode: "purchase" | "cart" = "purchase") {
  shoppers += 1;
  const headers = { "x-user-id": `shopper-${shoppers}`, "idempotency-key": "once" };
  const json = { items: [{ item_id: "any", quantity: 1 }], mode };
  const path = `/v1/sales/${sale}/checkouts`;
  const url = instance.state.api_urls[shoppers % 2] ?? instance.url;
  return {
    headers,
    /** One try; null where the connection broke before the answer. */
    once: (more: Record<string, string> = {}) =>
      ask(`${url}${path}`, { method: "POST", headers: { ...headers, ...more }, json }).catch(() => null),
    /** Until there is an answer. */
    reserve: async () => {
      const reply = await insist(instance, path, { method: "POST", headers, json });
      expect(reply.status).toBe(202);
      return reply.body as { id: string; ticket: string };
    },
    /** Adds a unit to the cart. */
    add: (ticket: string) =>
      ask(`${url}/v1/tickets/${ticket}/lines`, {
        method: "POST",
        headers: { "x-user-id": headers["x-user-id"] },
        json: { items: json.items },
      }),
    /** Purchases the cart; null where the connection broke before the answer. */
    buyOnce: (ticket: string) =>
      ask(`${url}/v1/tickets/${ticket}/purchase`, { method: "POST", headers }).catch(() => null),
    buy: (ticket: string) => insist(instance, `/v1/tickets/${ticket}/purchase`, { method: "POST", headers }),
  };
}

async function expectBought(ticket: string, units = 1): Promise<void> {
  expect(await endOf(instance, ticket)).toBe("confirmed");
  sold += units;
  await expectSold(instance, sale, sold);
}

async function whileWorkersAreFrozen(work: () => Promise<void>): Promise<void> {
  const workers = instance.state.pids["worker"] ?? [];
  for (const pid of workers) process.kill(pid, "SIGSTOP");
  await work().finally(() => {
    for (const pid of workers) process.kill(pid, "SIGCONT");
  });
}

const redisUrl = async () => (await findAddresses(dataDir)).redisUrl;

describe("an api killed", () => {
  it("between the gate and everything else: the same key finds the same checkout, which the sweep sends to the judge", async () => {
    const shopper = newShopper();
    await crash("reserve.held", async () => expect(await shopper.once()).toBeNull());
    await expectBought((await shopper.reserve()).ticket);
  });

  it("between its answer and the queue: the sweep sends what was promised to the judge", async () => {
    const shopper = newShopper();
    let ticket = "";
    await crash("reserve.answered", async () => {
      const reply = await shopper.once();
      expect(reply?.status).toBe(202);
      ticket = reply?.body.ticket;
    });
    await expectBought(ticket);
  });

  it("between the queue and an answer that was held back: the same key finds what was bought", async () => {
    const shopper = newShopper();
    await crash("reserve.enqueued", () => shopper.once({ prefer: "wait=10" }));
    await expectBought((await shopper.reserve()).ticket);
  });

  it("between a purchase and its answer: purchased again it is purchased once", async () => {
    const shopper = newShopper("cart");
    const { ticket } = await shopper.reserve();
    expect(await shopper.add(ticket)).toMatchObject({ status: 200, body: { status: "reserved", quantity: 2 } });
    await crash("purchase.submitted", async () => expect(await shopper.buyOnce(ticket)).toBeNull());
    expect(await shopper.buy(ticket)).toMatchObject({ status: 202, body: { quantity: 2 } });
    await expectBought(ticket, 2);
  });

  it("between a cancel's verdict and the gate: it stays cancelled, and its units come back", async () => {
    const shopper = newShopper();
    await whileWorkersAreFrozen(async () => {
      const { ticket } = await shopper.reserve();
      const cancel = () => ask(`${instance.url}/v1/tickets/${ticket}`, { method: "DELETE", headers: shopper.headers });
      await crash("cancel.entombed", () => cancel().catch(() => null));
      expect(await endOf(instance, ticket)).toBe("cancelled");
    });
    await expectSold(instance, sale, sold);
  });
});

describe("a worker killed", () => {
  it.each(["settle.uncommitted", "settle.committed", "settle.finalised"] as const)(
    "at %s: the page is settled once, by another",
    async (point) => {
      let ticket = "";
      await crash(point, async () => {
        ticket = (await newShopper().reserve()).ticket;
      });
      await expectBought(ticket);
    },
  );

  it("five times on one page: its hold stays, and the sweep pages it until somebody lives", async () => {
    let ticket = "";
    const provoke = async () => {
      ticket = (await newShopper().reserve()).ticket;
    };
    await crash("settle.uncommitted", provoke, 5);
    await expectBought(ticket);
  }, 90_000);
});

describe("a scheduler killed while it recovers a gate", () => {
  it.each(["recover.begun", "recover.shut", "recover.adopted", "recover.installed"] as const)(
    "at %s: another opens it, with the cart that was in it",
    async (point) => {
      const shopper = newShopper("cart");
      const { ticket } = await shopper.reserve();
      const url = await redisUrl();
      await crash(point, () => redisCommand(url, "SCRIPT", "FLUSH"));
      expect((await shopper.buy(ticket)).status).toBe(202);
      await expectBought(ticket);
    },
  );
});

describe("a scheduler killed while it sweeps", () => {
  it.each(["sweep.claimed", "sweep.entombed", "sweep.finalised"] as const)(
    "at %s: a cart past its deadline expires once",
    async (point) => {
      const { id, ticket } = await newShopper("cart").reserve();
      const epoch = await withStores(await findAddresses(dataDir), async ({ ledger }) => {
        return (await ledger.find(sale))?.openEpoch ?? 0;
      });
      const url = await redisUrl();
      await crash(point, () => passDeadline(url, { id: sale, epoch }, id));
      expect(await endOf(instance, ticket)).toBe("expired");
      await expectSold(instance, sale, sold);
    },
  );

  it("at sweep.paged: a page sent twice is settled once", async () => {
    let ticket = "";
    await whileWorkersAreFrozen(() =>
      crash("sweep.paged", async () => {
        ticket = (await newShopper().reserve()).ticket;
      }),
    );
    await expectBought(ticket);
  });
});

it("a scheduler killed while it seals a sale and while it retires its gate: the sale ends, once", async () => {
  const short = await instance.newSale("--items", "3", "--seconds", "5", "--settle-seconds", "0");
  const json = { items: [{ item_id: "any", quantity: 1 }], mode: "cart" };
  const init = { method: "POST", headers: { "x-user-id": "late" }, json };
  const { body } = await insist(instance, `/v1/sales/${short}/checkouts`, init);
  await crash(["close.sealed", "close.retired"], async () => undefined);
  expect(await endOf(instance, body.ticket)).toBe("expired");
  expect(await auditAtRest(instance, short)).toMatchObject({ violations: [], confirmedUnits: 0 });
  const state = await withStores(await findAddresses(dataDir), async ({ ledger }) => (await ledger.find(short))?.state);
  expect(state).toBe("closed");
});

it("a scheduler killed while it prepares the hours: the next one goes on where it was", async () => {
  const { databaseUrl: DATABASE_URL, redisUrl: REDIS_URL } = await findAddresses(dataDir);
  const env = { ...process.env, ...traps.env, DATABASE_URL, REDIS_URL, ROTATION: "on", LOG_LEVEL: "warn" };
  const start = () => {
    const child = spawn(process.execPath, [PROGRAM, "scheduler"], { env, stdio: "ignore" });
    return { child, end: new Promise((resolve) => child.once("exit", (_code, signal) => resolve(signal))) };
  };
  const hours = () =>
    withStores({ databaseUrl: DATABASE_URL, redisUrl: REDIS_URL }, async ({ ledger }) => {
      const sales = await ledger.list({ limit: 100 });
      return sales.filter(({ id }) => /^\d{10}$/.test(id)).map(({ opensAtMs }) => opensAtMs / 3_600_000);
    });
  traps.set("rotate.scheduled");
  tried.add("rotate.scheduled");
  expect(await start().end).toBe("SIGKILL");
  expect(await hours()).toHaveLength(1);
  const { child, end } = start();
  await expect.poll(async () => (await hours()).length, { timeout: 20_000 }).toBe(3);
  child.kill("SIGTERM");
  expect(await end).toBeNull();
  const [last = 0, ...before] = await hours();
  expect(before).toEqual([last - 1, last - 2]);
});

it("leaves no failpoint untried", () => {
  expect([...tried].sort()).toEqual(POINTS.toSorted());
});
