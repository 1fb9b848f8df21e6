import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import http2 from "node:http2";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import tls from "node:tls";
import { fileURLToPath } from "node:url";
import { CACHE_DIR, findNginx, freePort } from "@flashgate/local";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { until } from "../src/fleet/until.ts";
import { listeningOn } from "../src/topology/nginx-settings.ts";
import { type Place, Places } from "../src/topology/places.ts";
import { FakeApis } from "./fake-api.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const HOST = "127.0.0.1";
const TICKET = "v1.secret.ticket";
const folder = mkdtempSync(join(tmpdir(), "flashgate-nginx-"));
const secret = (name: string) => readFileSync(join(folder, "secrets", name), "utf8");

let apis: FakeApis;
let [door, tlsPort] = ["", 0];
let stop: () => Promise<void> = async () => undefined;

/** The repository's nginx.conf, with nothing changed but where things are. */
async function startNginx(): Promise<void> {
  chmodSync(folder, 0o711);
  execFileSync(join(ROOT, "deploy/secrets.sh"), [join(folder, "secrets")]);
  mkdirSync(join(folder, "tmp"));
  const ports = new Map([
    [8080, await freePort(undefined)],
    [8443, await freePort(undefined)],
  ]);
  door = `http://${HOST}:${ports.get(8080)}`;
  tlsPort = ports.get(8443) ?? 0;
  const paths = new Map<string, string>([
    ["/tmp", join(folder, "tmp")],
    ...["tls_certificate", "tls_key"].map((name): [string, string] => {
      return [`/run/secrets/${name}`, join(folder, "secrets", name)];
    }),
  ]);
  const [first = 0, second = 0] = apis.ports;
  const api = (port: number): Place => ({ ports: new Map([[3000, port]]), paths: new Map(), addresses: [] });
  const places = new Places(
    new Map<string, Place>([
      ["nginx", { ports, paths, addresses: [] }],
      ["api-1", api(first)],
      ["api-2", api(second)],
    ]),
  );
  const conf = places.told("nginx", readFileSync(join(ROOT, "deploy/nginx/nginx.conf"), "utf8"));
  writeFileSync(
    join(folder, "nginx.conf"),
    listeningOn(conf, HOST, (port) => places.port("nginx", port)),
  );
  const { file, env } = await findNginx(process.env, CACHE_DIR, new AbortController().signal);
  const args = ["-e", "stderr", "-p", folder, "-c", join(folder, "nginx.conf")];
  const log = openSync(join(folder, "log"), "a");
  execFileSync(file, ["-t", ...args], { env, stdio: ["ignore", log, log] });
  const child = spawn(file, args, { env, stdio: ["ignore", log, log] });
  closeSync(log);
  stop = async () => {
    child.kill("SIGTERM");
    await once(child, "exit");
  };
  expect(await until(async () => (await fetch(`${door}/livez`)).ok, 10_000)).toBe(true);
}

beforeAll(async () => {
  apis = await FakeApis.listen(["api-1", "api-2"]);
  await startNginx();
});
afterAll(async () => {
  await stop();
  await apis.close();
  rmSync(folder, { recursive: true, force: true });
});

/** An api that broke a connection is left alone for a second: until both are asked again. */
function bothAreAsked(): Promise<boolean> {
  return until(async () => {
    const from = apis.seen.length;
    await Promise.all(Array.from({ length: 6 }, () => fetch(`${door}/there`)));
    return new Set(apis.seen.slice(from).map(({ api }) => api)).size === 2;
  }, 10_000);
}

describe("nginx", () => {
  it("says itself who asks and by which way, whatever they claim", async () => {
    const claims = {
      "x-forwarded-for": "9.9.9.9",
      forwarded: "for=9.9.9.9",
      "x-forwarded-proto": "https",
      "x-forwarded-host": "evil",
    };
    await fetch(`${door}/who`, { headers: { ...claims, "x-request-id": "mine-1" } });
    const [seen] = apis.askedFor("/who");
    expect(seen?.headers).toMatchObject({
      "x-forwarded-for": HOST,
      "x-forwarded-proto": "http",
      "x-forwarded-host": HOST,
      "x-request-id": "mine-1",
    });
    expect(seen?.headers).not.toHaveProperty("forwarded");
  });

  it.each<[string, string, Record<string, string>, number]>([
    ["GET", "/v1/sales/current", {}, 2],
    ["DELETE", `/v1/tickets/${TICKET}`, {}, 2],
    ["POST", "/v1/sales/1/checkouts", { "idempotency-key": "k" }, 2],
    ["POST", "/v1/sales/2/checkouts", { "idempotency-key": '"a b"' }, 2],
    ["POST", `/v1/tickets/${TICKET}/purchase`, {}, 2],
    ["POST", "/v1/sales/3/checkouts", {}, 1],
    ["POST", `/v1/tickets/${TICKET}/lines`, { "idempotency-key": "k" }, 1],
    ["POST", `/v1/tickets/${TICKET}/lines?x=1`, { "idempotency-key": "k /v1/sales/1/checkouts" }, 1],
  ])("asks twice at most, and only where that is safe: %s %s %j, %i", async (method, path, headers, times) => {
    apis.failOnce(path);
    const body = method === "POST" ? '{"items":[]}' : null;
    const answer = await fetch(`${door}${path}`, { method, headers, body });
    const asked = apis.askedFor(path);
    expect(asked.map((each) => each.body)).toEqual(Array.from({ length: times }, () => body ?? ""));
    if (times === 2) {
      expect(answer.status).toBe(200);
      return;
    }
    expect(answer.status).toBe(503);
    expect(answer.headers.get("retry-after")).toBe("1");
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
    const problem = (await answer.json()) as { request_id: string };
    expect(problem).toMatchObject({ status: 503, code: "unavailable", type: "/problems/unavailable" });
    expect(problem.request_id).toBe(answer.headers.get("x-request-id"));
  });

  it("asks the other one, and who has just failed where nobody else is left", async () => {
    expect(await bothAreAsked()).toBe(true);
    for (const path of ["/v1/sales/first", "/v1/sales/second"]) {
      apis.failOnce(path);
      expect((await fetch(`${door}${path}`)).status).toBe(200);
    }
    const [failed, answered] = apis.askedFor("/v1/sales/first").map(({ api }) => api);
    expect(failed).not.toBe(answered);
    expect(apis.askedFor("/v1/sales/second")[0]?.api).toBe(answered);
  });

  it("writes down what failed and what was asked twice, and no ticket", async () => {
    const lines = () => {
      const text = readFileSync(join(folder, "log"), "utf8");
      return text.split("\n").flatMap((line) => (line.startsWith("{") ? [JSON.parse(line)] : []));
    };
    await expect.poll(() => lines().filter(({ status }) => status === 503).length).toBe(3);
    expect(lines().map(({ path }) => path)).toContain("/v1/tickets/:ticket/lines");
    expect(lines().filter(({ upstream }) => upstream.includes(",")).length).toBe(7);
    expect(readFileSync(join(folder, "log"), "utf8")).not.toContain(TICKET);
  });

  it("refuses what is too large before an api sees it", async () => {
    const answer = await fetch(`${door}/large`, { method: "POST", body: "x".repeat(20_000) });
    expect(answer.status).toBe(413);
    expect(await answer.json()).toMatchObject({ status: 413, code: "too_large" });
    expect(apis.askedFor("/large")).toEqual([]);
  });

  it("ends who is slow, before an api hears of them", async () => {
    const startedMs = performance.now();
    const silent = connect(Number(new URL(door).port), HOST);
    silent.write("GET /slow HTTP/1.1\r\nHost: x\r\n");
    const dripping = connect(Number(new URL(door).port), HOST);
    dripping.write("POST /slow HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc");
    // with a reset, which is no fault here
    const ended = (socket: Socket) =>
      new Promise((resolve) =>
        socket
          .on("error", () => undefined)
          .on("close", resolve)
          .resume(),
      );
    await Promise.all([silent, dripping].map(ended));
    expect(performance.now() - startedMs).toBeLessThan(10_000);
    expect(apis.askedFor("/slow")).toEqual([]);
  });

  it("speaks HTTP/2 with TLS, and HTTP/1.1 to who knows no better", async () => {
    const ca = secret("tls_certificate");
    const session = http2.connect(`https://${HOST}:${tlsPort}`, { ca });
    const request = session.request({ ":path": "/over-tls" });
    const [headers] = await once(request, "response");
    expect(headers[":status"]).toBe(200);
    session.close();
    expect(apis.askedFor("/over-tls")[0]?.headers["x-forwarded-proto"]).toBe("https");
    const old = tls.connect({ host: HOST, port: tlsPort, ca, ALPNProtocols: ["http/1.1"] });
    await once(old, "secureConnect");
    expect(old.alpnProtocol).toBe("http/1.1");
    old.destroy();
  });

  it("says that nobody answers when nobody does, and that it is there itself", async () => {
    await apis.close();
    const answer = await fetch(`${door}/v1/sales/current`);
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "1"]);
    expect((await fetch(`${door}/livez`)).status).toBe(200);
  });
});
