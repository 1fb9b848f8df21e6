import { connect } from "node:net";
import {
  createRegistry,
  type DependencyCheck,
  type OpsRoutes,
  readOpsAccess,
  startOpsServer,
} from "@flashgate/monitoring";
import { Counter } from "prom-client";
import { describe, expect, it, onTestFinished } from "vitest";
import { ask as askAs } from "./ask.ts";
import { parseExposition } from "./exposition.ts";
import { writtenLines } from "./written-lines.ts";

const up = (name: string, critical = true): DependencyCheck => ({ name, critical, check: async () => {} });
const down = (name: string, critical = true): DependencyCheck => ({
  name,
  critical,
  check: () => Promise.reject(new Error(`${name} refused`)),
});

const TOKEN = "a token of the ops port of 32 bytes!".replaceAll(" ", "-");
const BEARER = { authorization: `Bearer ${TOKEN}` };
const access = readOpsAccess({ OPS_TOKEN: TOKEN });

interface Start {
  readonly checks?: readonly DependencyCheck[];
  readonly ready?: boolean;
  readonly routes?: readonly OpsRoutes[];
}

async function start({ checks = [], ready = true, ...routes }: Start = {}) {
  const { logger, records } = writtenLines();
  const registry = createRegistry({ service: "worker" });
  const ops = await startOpsServer({ host: "127.0.0.1", port: 0, registry, checks, logger, access, ...routes });
  onTestFinished(() => ops.close());
  ops.setReady(ready);
  return { ops, registry, records };
}

/** As somebody who holds the token, unless other headers are given. */
const ask = (url: string, method = "GET", headers: Record<string, string> = BEARER) => askAs(url, method, headers);

const statusOf = async (url: string, method?: string) => (await ask(url, method)).status;

describe("/metrics", () => {
  it("serves a scrape", async () => {
    const { ops, registry } = await start();
    new Counter({ name: "things_total", help: "Things.", registers: [registry] }).inc(3);
    const { status, headers, body } = await ask(`${ops.url}/metrics`);
    expect(status).toBe(200);
    expect(headers["content-type"]).toBe("text/plain; version=0.0.4; charset=utf-8");
    expect(parseExposition(body).get("things_total")).toBe(3);
  });

  it("tells of each dependency whether it answers", async () => {
    const { ops } = await start({ checks: [up("redis"), down("postgres", false)] });
    const samples = parseExposition((await ask(`${ops.url}/metrics`)).body);
    expect(samples.get('flashgate_dependency_up{dependency="redis"}')).toBe(1);
    expect(samples.get('flashgate_dependency_up{dependency="postgres"}')).toBe(0);
  });

  it("answers 500 and logs when a metric cannot be collected", async () => {
    const { ops, registry, records } = await start();
    const collect = () => Promise.reject(new Error("no count"));
    new Counter({ name: "things_total", help: "Things.", registers: [registry], collect });
    expect(await ask(`${ops.url}/metrics`)).toMatchObject({ status: 500, body: "failed\n" });
    expect(records().at(-1)).toMatchObject({ level: "error", step: "/metrics", err: { message: "no count" } });
    expect(await statusOf(`${ops.url}/livez`)).toBe(200);
  });
});

describe("/livez", () => {
  it("asks nobody", async () => {
    const { ops } = await start({ checks: [down("postgres")], ready: false });
    expect(await ask(`${ops.url}/livez`)).toMatchObject({ status: 200, body: "alive\n" });
  });
});

describe("/readyz", () => {
  it("is 503 until the process says that it is ready, and again when it drains", async () => {
    const { ops } = await start({ checks: [up("redis")], ready: false });
    expect(await statusOf(`${ops.url}/readyz`)).toBe(503);
    ops.setReady(true);
    expect(await statusOf(`${ops.url}/readyz`)).toBe(200);
    ops.setReady(false);
    expect(await statusOf(`${ops.url}/readyz`)).toBe(503);
  });

  it("is 503 when a critical dependency is down", async () => {
    const { ops } = await start({ checks: [up("redis"), down("postgres")] });
    expect(await statusOf(`${ops.url}/readyz`)).toBe(503);
  });

  it("neither minds nor waits for a dependency that is not critical", async () => {
    const silent: DependencyCheck = { name: "postgres", critical: false, check: () => new Promise(() => {}) };
    const { ops, records } = await start({ checks: [up("redis"), silent] });
    expect(await statusOf(`${ops.url}/readyz`)).toBe(200);
    expect(records().filter(({ msg }) => msg === "dependency is down")).toEqual([]);
  });

  it("is 503 when a critical dependency does not answer", async () => {
    const silent: DependencyCheck = { name: "redis", critical: true, check: () => new Promise(() => {}) };
    const { ops } = await start({ checks: [silent] });
    expect(await statusOf(`${ops.url}/readyz`)).toBe(503);
  });

  it("comes back with the dependency", async () => {
    let reachable = false;
    const check = async () => {
      if (!reachable) throw new Error("refused");
    };
    const { ops } = await start({ checks: [{ name: "redis", critical: true, check }] });
    expect(await statusOf(`${ops.url}/readyz`)).toBe(503);
    reachable = true;
    await expect.poll(() => statusOf(`${ops.url}/readyz`), { timeout: 5_000 }).toBe(200);
  });

  it("names every dependency when asked to be verbose", async () => {
    const { ops } = await start({ checks: [up("redis"), down("postgres", false)] });
    const { status, headers, body } = await ask(`${ops.url}/readyz?verbose`);
    expect([status, headers["content-type"]]).toEqual([200, "application/json"]);
    expect(JSON.parse(body)).toEqual({
      ready: true,
      serving: true,
      dependencies: [
        { name: "redis", critical: true, state: "up" },
        { name: "postgres", critical: false, state: "down" },
      ],
    });
    ops.setReady(false);
    const draining = await ask(`${ops.url}/readyz?verbose`);
    expect(draining.status).toBe(503);
    expect(JSON.parse(draining.body)).toMatchObject({ ready: false, serving: false });
  });
});

describe("the token", () => {
  const ANONYMOUS: Record<string, string>[] = [
    {},
    { authorization: TOKEN },
    { authorization: `Basic ${TOKEN}` },
    { authorization: "Bearer " },
    { authorization: `Bearer ${TOKEN}x` },
    { authorization: `Bearer ${TOKEN.slice(1)}` },
  ];

  it("is asked for everywhere but at the probes, whatever the method", async () => {
    const handled: string[] = [];
    const handle: OpsRoutes["handle"] = (incoming, response, holder) => {
      handled.push(`${holder} ${incoming.url}`);
      response.end("done");
    };
    const { ops } = await start({ routes: [{ prefix: "/more", links: [], handle }] });
    for (const headers of ANONYMOUS) {
      for (const path of ["/livez", "/readyz", "/readyz?verbose"]) {
        expect((await ask(`${ops.url}${path}`, "GET", headers)).status).toBe(200);
      }
      for (const path of ["/metrics", "/more/of-it", "/nowhere", "/", "/livez/"]) {
        for (const method of ["GET", "POST"]) {
          const refused = await ask(`${ops.url}${path}`, method, headers);
          expect([refused.status, refused.headers["www-authenticate"]]).toEqual([401, "Bearer"]);
          expect(refused.body).not.toContain(TOKEN);
        }
      }
    }
    expect(handled).toEqual([]);
    expect((await ask(`${ops.url}/more/of-it?x=1`, "POST")).body).toBe("done");
    expect(handled).toEqual([expect.stringMatching(/^ops:[0-9a-f]{8} \/more\/of-it\?x=1$/)]);
  });

  it("lets nobody in where there is none", async () => {
    const nobody = readOpsAccess({});
    for (const header of ["", "Bearer", "Bearer ", "Bearer undefined", BEARER.authorization]) {
      expect(nobody.holderOf(header)).toBeNull();
    }
  });

  it("is refused when short or unsendable, and required in production", () => {
    for (const OPS_TOKEN of ["short", "s".repeat(31), `${"s".repeat(32)} `, "ü".repeat(32)]) {
      expect(() => readOpsAccess({ OPS_TOKEN })).toThrow("OPS_TOKEN must have at least 32");
    }
    expect(() => readOpsAccess({ NODE_ENV: "production" })).toThrow("OPS_TOKEN is required in production");
    expect(readOpsAccess({ NODE_ENV: "production", OPS_TOKEN: TOKEN }).holderOf(`bearer ${TOKEN}`)).not.toBeNull();
  });
});

describe("the server", () => {
  it("answers 404 to any other path", async () => {
    const { ops } = await start();
    for (const path of ["/more", "/metrics/", "//livez", "/constructor"]) {
      expect(await statusOf(`${ops.url}${path}`)).toBe(404);
    }
  });

  it("answers HEAD like GET, without the body, and refuses other methods", async () => {
    const { ops } = await start();
    const { headers } = await ask(`${ops.url}/livez`);
    const head = await ask(`${ops.url}/livez`, "HEAD");
    expect(head).toMatchObject({ status: 200, body: "" });
    expect(head.headers["content-length"]).toBe(headers["content-length"]);
    const post = await ask(`${ops.url}/metrics`, "POST");
    expect([post.status, post.headers["allow"]]).toEqual([405, "GET, HEAD"]);
  });

  it("logs where it listens", async () => {
    const { ops, records } = await start();
    expect(ops.url).toMatch(/^http:\/\/127\.0\.0\.1:[1-9]\d*$/);
    expect(records()).toMatchObject([{ msg: "ops server listens", url: ops.url }]);
  });

  it("rejects a port that is taken", async () => {
    const { ops } = await start();
    const { logger } = writtenLines();
    const registry = createRegistry({ service: "worker" });
    const port = Number(new URL(ops.url).port);
    await expect(
      startOpsServer({ host: "127.0.0.1", port, registry, checks: [], logger, access }),
    ).rejects.toMatchObject({
      code: "EADDRINUSE",
    });
  });

  it("closes twice as well as once, connections that say nothing included", async () => {
    const { ops } = await start();
    const silent = connect(Number(new URL(ops.url).port), "127.0.0.1");
    await new Promise((resolve) => silent.once("connect", resolve));
    const gone = new Promise((resolve) => silent.once("close", resolve));
    await Promise.all([ops.close(), ops.close()]);
    await ops.close();
    await gone;
    await expect(ask(`${ops.url}/livez`)).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });

  it("lets an answer under way finish when it closes", async () => {
    let asked: () => void = () => {};
    let answer: () => void = () => {};
    const underWay = new Promise<void>((resolve) => (asked = resolve));
    const check = () =>
      new Promise<void>((resolve) => {
        answer = resolve;
        asked();
      });
    const { ops } = await start({ checks: [{ name: "redis", critical: true, check }] });
    const response = ask(`${ops.url}/readyz`);
    await underWay;
    const closed = ops.close();
    answer();
    expect((await response).status).toBe(200);
    await closed;
  });
});
