import http from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { EventSocket, type ToldEvent } from "../src/figures/event-socket.ts";
import { type Bound, boundText, DEFAULTS, isKept, keepsBound, type Row } from "../src/figures/figure.ts";
import { atRate, eachOf } from "../src/figures/pace.ts";
import { reportText, takeOf } from "../src/figures/report.ts";
import { lateness } from "../src/figures/shown.ts";
import { spreadOf } from "../src/figures/spread.ts";
import { StreamCrowd } from "../src/figures/stream-crowd.ts";

const lag = (p99: number): Row => ({ what: "a verdict", unit: "ms", values: { p99 }, bound: { of: "p99", below: 20 } });
const STORES = { redis: "7.0", postgres: "18.4" };

describe("a bound", () => {
  it("is kept below, and not at it, above it, or without a value", () => {
    expect([19.9, 20, 21, Number.NaN].map((p99) => keepsBound(lag(p99)))).toEqual([true, false, false, false]);
    expect(keepsBound({ ...lag(1), values: {} })).toBe(false);
    expect(keepsBound({ what: "time", unit: "s", values: { seconds: 9 } })).toBe(true);
  });

  it("may also be one to reach, or not to exceed", () => {
    const row = (bound: Bound, median: number): Row => ({ what: "rate", unit: "times", values: { median }, bound });
    const kept = (bound: Bound) => [1.9, 2, 2.1, Number.NaN].map((median) => keepsBound(row(bound, median)));
    expect(kept({ of: "median", atLeast: 2 })).toEqual([false, true, true, false]);
    expect(kept({ of: "median", atMost: 2 })).toEqual([true, true, false, false]);
    expect(boundText({ of: "median", atLeast: 2 })).toBe("median ≥ 2");
    expect(boundText({ of: "median", atMost: 2 })).toBe("median ≤ 2");
  });

  it("kept by a run with a fault counts for nothing", () => {
    expect(isKept({ rows: [lag(1)], faults: [] })).toBe(true);
    expect(isKept({ rows: [lag(1)], faults: ["a checkout ended expired"] })).toBe(false);
    expect(isKept({ rows: [lag(1), lag(30)], faults: [] })).toBe(false);
  });
});

describe("a spread", () => {
  it("tells ranks that are values", () => {
    const values = Array.from({ length: 200 }, (_, index) => 200 - index);
    expect(spreadOf(values)).toEqual({ count: 200, p50: 100, p99: 198, max: 200 });
    expect(spreadOf([7])).toEqual({ count: 1, p50: 7, p99: 7, max: 7 });
  });

  it("of nothing is nothing", () => {
    expect(spreadOf([])).toEqual({ count: 0, p50: Number.NaN, p99: Number.NaN, max: Number.NaN });
  });
});

describe("lateness", () => {
  it("is each unit's until somebody is shown as many, leapt over or not", () => {
    const shown = [
      { sold: 0, atMs: 90 },
      { sold: 2, atMs: 150 },
      { sold: 3, atMs: 180 },
    ];
    expect(lateness([100, 120, 130], shown)).toEqual([50, 30, 50]);
  });

  it("of what is shown before its row is read counts as it is, and of what is never shown has no end", () => {
    expect(lateness([100, 120], [{ sold: 1, atMs: 99 }])).toEqual([-1, Number.POSITIVE_INFINITY]);
    expect(lateness([], [])).toEqual([]);
  });
});

describe("a report", () => {
  const machine = { cpu: "some", cores: 2, memoryGib: 24, node: "20" };
  const report = (p99: number) => {
    const take = takeOf("waiting", { rows: [lag(p99)], faults: p99 > 50 ? ["nobody waited"] : [], ...STORES });
    return reportText({
      ok: take.ok,
      command: "npm run bench --",
      startedAt: "now",
      commit: "0123456-dirty",
      machine,
      stores: STORES,
      settings: DEFAULTS,
      takes: [take],
    });
  };

  it("names machine, commit, command, each value and whether its bound was kept", () => {
    for (const part of ["npm run bench --", "0123456-dirty", "2 × some", "Redis 7.0", "p99 12.3 ms"]) {
      expect(report(12.34)).toContain(part);
    }
    expect(report(12.34)).toContain("(p99 < 20: kept)");
    expect(report(12.34)).toContain("Every promise was kept.");
  });

  it("says what was broken", () => {
    expect(report(49)).toContain("(p99 < 20: BROKEN)");
    expect(report(49)).toContain("A promise was BROKEN.");
  });

  it("says what was wrong, and has no figure then", () => {
    expect(report(51)).toContain("! nobody waited");
    expect(report(51)).not.toContain("p99");
    expect(report(51)).toContain("A promise was BROKEN.");
  });
});

describe("pace", () => {
  it("does each once, so many at a time", async () => {
    const [done, under]: [number[], { now: number; most: number }] = [[], { now: 0, most: 0 }];
    await eachOf(20, 3, async (index) => {
      under.most = Math.max(under.most, ++under.now);
      await new Promise((resolve) => setImmediate(resolve));
      under.now -= 1;
      done.push(index);
    });
    expect(done.sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, index) => index));
    expect(under.most).toBe(3);
  });

  it("begins the next whether the last has ended or not, and not before its time", async () => {
    const begun: number[] = [];
    const release: (() => void)[] = [];
    const startedMs = performance.now();
    const all = atRate(5, 100, (index) => {
      begun.push(performance.now() - startedMs);
      return new Promise<number>((resolve) => release.push(() => resolve(index)));
    });
    await expect.poll(() => begun.length).toBe(5);
    for (const [index, ms] of begun.entries()) expect(ms).toBeGreaterThanOrEqual(index * 10 - 2);
    for (const go of release) go();
    expect(await all).toEqual([0, 1, 2, 3, 4]);
  });
});

describe("clients of streams", () => {
  const servers: http.Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
  });
  const serve = async (listener: http.RequestListener) => {
    const server = http.createServer((request, response) => {
      // the body goes out as it is, as the api writes it
      response.removeHeader("transfer-encoding");
      listener(request, response);
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };

  it("hear each event once, however it arrives, and when it ends", async () => {
    const told: ToldEvent[] = [];
    const url = await serve((request, response) => {
      expect(request.headers.accept).toBe("text/event-stream");
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write('retry: 1\nid: 0\nevent: snapshot\ndata: {"a":1}\n\n:\n\nid: 1\nevent: ver');
      setImmediate(() => response.end("dict\ndata: {}\n\n"));
    });
    const client = new EventSocket(url, "/events", (event) => told.push(event));
    await client.opened;
    await client.closed;
    expect(told).toMatchObject([
      { name: "snapshot", data: '{"a":1}' },
      { name: "verdict", data: "{}" },
    ]);
    for (const { seenAtMs } of told) expect(Math.abs(seenAtMs - Date.now())).toBeLessThan(60_000);
  });

  it("say why there was no stream", async () => {
    const url = await serve((_request, response) => void response.writeHead(503).end());
    const client = new EventSocket(url, "/events", () => undefined);
    await expect(client.opened).rejects.toThrow(/gave no event: it answered "HTTP\/1.1 503/);
  });

  it("count what they hear, and streams that ended by themselves", async () => {
    const responses: http.ServerResponse[] = [];
    const url = await serve((_request, response) => {
      responses.push(response);
      response.write("event: snapshot\ndata: {}\n\n");
    });
    const crowd = new StreamCrowd();
    await crowd.open(url, ["/1", "/2", "/3"]);
    expect([crowd.events, crowd.ended]).toEqual([3, 0]);
    responses[0]?.end();
    await expect.poll(() => crowd.ended).toBe(1);
    await crowd.leave();
    expect(crowd.ended).toBe(1);
  });
});
