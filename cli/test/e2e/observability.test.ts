import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createPool } from "@flashgate/drizzle";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkout, flashgate, Instance, verdictOf } from "./instance.ts";
import { askOps, logLines, type Scrape, scrapeAll, sumOf, sumsBy, toldBy } from "./observed.ts";
import { auditAtRest } from "./patient-client.ts";

const UNITS = 40;
const LIMIT = 3;
/** What a log must not show and a series must not carry begins so. */
const USER = "zebra";

const instance = new Instance();
const ids = new Set<string>();
let sale: string;
let pool: ReturnType<typeof createPool>;

beforeAll(async () => {
  await instance.up(["--api", "2", "--worker", "2"], { ROTATION: "off" });
  const { url } = (await instance.databases()).postgres;
  pool = createPool({ url, max: 1, applicationName: "operator", onError: () => undefined });
  sale = await instance.newSale(
    ...["--items", String(UNITS), "--limit", String(LIMIT), "--seconds", "35", "--settle-seconds", "1"],
  );
  ids.add(sale);
}, 120_000);
afterAll(async () => {
  await pool?.end();
  await instance.dispose();
});

let turn = 0;
/** One checkout, at the apis in turn; every id that comes of it is remembered. */
async function buy(user: string, items: Record<string, number> = { any: 1 }, more: Record<string, string> = {}) {
  const urls = instance.state.api_urls;
  const reply = await checkout(urls[turn++ % urls.length] ?? "", sale, `${USER}-${user}`, items, more);
  ids.add(`${USER}-${user}`);
  for (const id of [reply.body.id, reply.body.ticket, ...Object.keys(items)]) if (id && id !== "any") ids.add(id);
  return reply;
}

/** A cart of one unit; its ticket. */
async function fillCart(user: string): Promise<string> {
  const url = `${instance.url}/v1/sales/${sale}/checkouts`;
  const body = JSON.stringify({ mode: "cart", items: [{ item_id: "any", quantity: 1 }] });
  const headers = { "content-type": "application/json", "x-user-id": `${USER}-${user}` };
  const { id, ticket } = (await (await fetch(url, { method: "POST", headers, body })).json()) as Record<string, string>;
  for (const known of [id, ticket, `${USER}-${user}`]) ids.add(String(known));
  return String(ticket);
}

const admin = (action: string) =>
  askOps(instance, `${instance.state.ops_urls["api"]?.[0]}/v1/admin/sales/${sale}/${action}`, "POST");
const codeOf = async (reply: ReturnType<typeof buy>) => (await reply).body.code;

/** A small sale with something of everything; resolves once all that was bought is settled. */
async function play(): Promise<void> {
  // before "any" may have taken it
  const named = await Promise.all([buy("rival-1", { i00040: 1 }), buy("rival-2", { i00040: 1 })]);
  expect(named.map(({ status }) => status).sort()).toEqual([202, 409]);
  const bought = named.filter(({ status }) => status === 202);
  bought.push(...(await Promise.all(Array.from({ length: 10 }, (_, nth) => buy(`buyer-${nth}`)))));
  const keyed = { "idempotency-key": "order-1" };
  bought.push(await buy("keyed", { any: 1 }, keyed));
  expect((await buy("keyed", { any: 1 }, keyed)).status).toBe(202);
  expect(await codeOf(buy("keyed", { any: 2 }, keyed))).toBe("key_reused");
  expect(await codeOf(buy("buyer-0", { any: LIMIT }))).toBe("user_limit");
  expect(await codeOf(buy("buyer-1", { i99999: 1 }))).toBe("unknown_item");

  expect((await admin("pause")).status).toBe(200);
  expect(await codeOf(buy("early"))).toBe("sale_paused");
  expect((await admin("resume")).status).toBe(200);

  // The ledger knows of units that the gate does not: it has the last word.
  await pool.query("INSERT INTO flashgate.buyers (sale_id, user_id, units) VALUES ($1, $2, $3)", [
    sale,
    `${USER}-rich`,
    LIMIT,
  ]);
  const rejected = await buy("rich");
  expect((await verdictOf(instance.url, rejected.body.ticket)).body).toMatchObject({
    status: "rejected",
    code: "user_limit",
  });
  await pool.query("DELETE FROM flashgate.buyers WHERE user_id = $1", [`${USER}-rich`]);

  const given = await fillCart("giver");
  const headers = { "x-user-id": `${USER}-giver` };
  for (let again = 0; again < 2; again += 1) {
    expect((await fetch(`${instance.url}/v1/tickets/${given}`, { method: "DELETE", headers })).status).toBe(200);
  }
  await fillCart("dreamer");

  for (let nth = 0, refused = 0; refused < 3; nth += 1) {
    const reply = await buy(`crowd-${nth}`, { any: 2 });
    if (reply.status === 202) bought.push(reply);
    else refused += 1;
  }
  for (const { body } of bought) expect((await verdictOf(instance.url, body.ticket)).body.status).toBe("confirmed");
}

/** Counts by word: of the recorded attempts, and of the checkouts by how they ended. */
async function countsOf(table: "checkout_attempts" | "checkouts", word: string): Promise<Record<string, number>> {
  const text = `SELECT ${word} AS word, count(*)::int AS count FROM flashgate.${table} WHERE sale_id = $1 GROUP BY 1`;
  const { rows } = await pool.query<{ word: string; count: number }>(text, [sale]);
  return Object.fromEntries(rows.map(({ word: name, count }) => [name, count]));
}

describe("a sale from its opening to its close", () => {
  it("shows its stock while it is on", async () => {
    await play();
    const { rows } = await pool.query(
      "SELECT items_sold AS sold, open_epoch AS epoch FROM flashgate.sales WHERE id = $1",
      [sale],
    );
    const { sold, epoch } = rows[0];
    const shown = async () => {
      const scrapes = await scrapeAll(instance);
      return ["available", "held", "sold"].map((state) => toldBy(scrapes, `flashgate_stock_items{state="${state}"}`));
    };
    // the dreamer's cart is held
    const left = UNITS - sold - 1;
    await expect.poll(shown, { timeout: 10_000 }).toEqual([[left], [1], [sold]]);
    const scrapes = await scrapeAll(instance);
    expect(toldBy(scrapes, "flashgate_gate_open")).toEqual([1]);
    expect(toldBy(scrapes, "flashgate_gate_epoch")).toEqual([epoch]);
  }, 60_000);

  it("has counted at its end exactly what the audit and the ledger's rows say", async () => {
    const expired = async () => sumsBy(await scrapeAll(instance), "purchase_failure_total", "reason")["expired"];
    await expect.poll(expired, { timeout: 70_000, interval: 500 }).toBe(1);
    const audit = await auditAtRest(instance, sale);
    expect(audit.violations).toEqual([]);
    const scrapes = await scrapeAll(instance);

    const { held: recorded = 0, ...refused } = await countsOf("checkout_attempts", "outcome");
    const { held, replayed, ...counted } = sumsBy(scrapes, "checkout_attempts_total", "outcome");
    expect(refused).toEqual({
      key_reused: 1,
      user_limit: 1,
      unknown_item: 1,
      item_taken: 1,
      sale_paused: 1,
      sold_out: 3,
    });
    expect(counted).toEqual(refused);
    expect([held, replayed]).toEqual([recorded, 1]);

    const ends = await countsOf("checkouts", "coalesce(reason, state)");
    const { confirmed = 0, ...failed } = ends;
    expect(failed).toEqual({ user_limit: 1, cancelled: 1, expired: 1 });
    expect(sumOf(scrapes, "purchase_success_total")).toBe(confirmed);
    expect(sumsBy(scrapes, "purchase_failure_total", "reason")).toEqual(failed);

    const settled = confirmed + (failed["user_limit"] ?? 0);
    expect(sumOf(scrapes, "flashgate_settlement_lag_seconds_count")).toBe(settled);
    expect(sumOf(scrapes, "flashgate_page_size_sum")).toBe(settled);
    const { rows } = await pool.query(
      "SELECT items_sold AS sold, open_epoch AS epoch FROM flashgate.sales WHERE id = $1",
      [sale],
    );
    expect(audit.confirmedUnits).toBe(rows[0].sold);
    for (const name of ["flashgate_oversold_items", "flashgate_drift_items"]) {
      expect(toldBy(scrapes, name)).toEqual([0]);
    }
  }, 120_000);
});

describe("the series", () => {
  let scrapes: readonly Scrape[];
  beforeAll(async () => {
    scrapes = await scrapeAll(instance);
  });

  it("have every name that ops are promised, from the process that it belongs to", () => {
    const names = (service: Scrape["service"]) =>
      new Set(
        scrapes
          .filter((scrape) => scrape.service === service)
          .flatMap(({ text }) => [...text.matchAll(/^# TYPE (\S+) /gm)].map(([, name]) => name)),
      );
    for (const [service, promised] of Object.entries(PROMISED)) {
      const known = names(service as Scrape["service"]);
      expect([...promised, ...EVERYWHERE].filter((name) => !known.has(name))).toEqual([]);
    }
  });

  it("carry no id: no label's value names a sale, user, item, checkout or ticket of the run", () => {
    expect(ids.size).toBeGreaterThan(40);
    const values = new Set(
      scrapes.flatMap(({ text }) => [...text.matchAll(/[{,]\w+="((?:[^"\\]|\\.)*)"/g)].map(([, value = ""]) => value)),
    );
    expect(values.size).toBeGreaterThan(30);
    const named = [...values].filter((value) => [...ids].some((id) => value.includes(id)) || value.includes(USER));
    expect(named).toEqual([]);
    const routes = [...values].filter((value) => value.startsWith("/"));
    for (const route of routes) expect(route).toMatch(/^(?:\/(?:[a-z_.]+|v1|:[a-z]+))+$/);
  });
});

describe("the logs", () => {
  it("have a line for each refused request, with what is known of it, and name no user and no ticket", () => {
    const lines = logLines(instance);
    const soldOut = lines.filter((line) => line["outcome"] === "sold_out");
    expect(soldOut).toHaveLength(3);
    for (const line of soldOut) {
      expect(line).toMatchObject({
        level: "info",
        service: "api",
        time: expect.any(String),
        request_id: expect.any(String),
        sale_id: sale,
        user_hash: expect.stringMatching(/^[0-9a-f]{16}$/),
        gate_ms: expect.any(Number),
        route: "/v1/sales/:sale/checkouts",
        status: 409,
        duration_ms: expect.any(Number),
      });
    }
    const text = JSON.stringify(lines);
    expect(text).not.toContain(USER);
    expect(text).not.toMatch(/v1\.[\w-]+\.[\w-]+\.[\w-]{20,}/);
    expect(text).not.toContain(readFileSync(join(instance.dataDir, "ops-token"), "utf8").trim());
  });
});

describe("the probes", () => {
  it("name what each process needs, how it is, and whether it can do without", async () => {
    const up = (name: string, critical: boolean) => ({ name, critical, state: "up" });
    const needs = {
      api: [up("redis", true), up("postgres", false), up("queue", false)],
      worker: [up("postgres", true), up("redis", true), up("queue", true)],
      scheduler: [up("postgres", true), up("redis", true), up("queue", false)],
    };
    for (const [service, dependencies] of Object.entries(needs)) {
      for (const url of instance.state.ops_urls[service] ?? []) {
        expect(await (await fetch(`${url}/livez`)).text()).toBe("alive\n");
        const ready = await fetch(`${url}/readyz?verbose`);
        expect([ready.status, await ready.json()]).toEqual([200, { ready: true, serving: true, dependencies }]);
      }
    }
  });
});

describe("a start", () => {
  it.each(["api", "worker", "scheduler"])(
    "of %s waits for Postgres, says so, and gives up in time",
    async (service) => {
      const env = {
        DATABASE_URL: "postgres://nobody@127.0.0.1:1/none",
        REDIS_URL: (await instance.databases()).redis.url,
        TICKET_SECRET: "a ticket secret of at least 32 bytes",
        STARTUP_WAIT_S: "2",
      };
      const run = await flashgate([service], env);
      expect(run.code).toBe(1);
      expect(run.stderr).toMatch(/postgres did not answer within 2 s: ECONNREFUSED.*DATABASE_URL/);
      const waiting = {
        level: "warn",
        service,
        dependency: "postgres",
        msg: expect.stringContaining("waiting for postgres"),
      };
      expect(
        run.stdout
          .split("\n")
          .filter(Boolean)
          .map((line) => JSON.parse(line)),
      ).toMatchObject([waiting]);
    },
  );
});

describe("the end", () => {
  it("of every process is told step by step, and comes in time", async () => {
    expect(await instance.interrupt("SIGTERM")).toBe(0);
    const lines = logLines(instance);
    const processes = ["api-1", "api-2", "worker-1", "worker-2", "scheduler-1"];
    for (const name of processes) {
      const last = lines.filter(({ file }) => file === `${name}.log`).slice(-2);
      expect(last).toMatchObject([{ msg: "stopping", bound_ms: 15_000 }, { msg: "stopped" }]);
      expect(Number(last[1]?.["duration_ms"])).toBeLessThan(15_000);
    }
    expect(lines.filter(({ level }) => level === "fatal")).toEqual([]);
  }, 60_000);
});

const EVERYWHERE = [
  "flashgate_build_info",
  "flashgate_pool_connections",
  "flashgate_pool_connections_max",
  "flashgate_pool_waiting",
  "flashgate_dependency_up",
  "flashgate_faults_total",
  "flashgate_unreadable_holds_total",
  "purchase_failure_total",
  "nodejs_eventloop_lag_seconds",
  "nodejs_eventloop_lag_p99_seconds",
  "process_cpu_seconds_total",
  "process_resident_memory_bytes",
];

const PROMISED = {
  api: [
    "http_requests_total",
    "http_request_duration_seconds",
    "checkout_attempts_total",
    "flashgate_gate_duration_seconds",
    "flashgate_sse_clients",
  ],
  worker: [
    "flashgate_settlement_lag_seconds",
    "flashgate_page_size",
    "purchase_success_total",
    "flashgate_queue_quiet_seconds",
  ],
  scheduler: [
    "flashgate_stock_items",
    "flashgate_oversold_items",
    "flashgate_drift_items",
    "flashgate_oldest_hold_age_seconds",
    "flashgate_queue_jobs",
    "flashgate_queue_oldest_job_age_seconds",
    "flashgate_sale_rotation_delay_seconds",
    "flashgate_gate_epoch",
    "flashgate_gate_open",
    "flashgate_recoveries_total",
    "flashgate_observation_age_seconds",
  ],
} as const;
