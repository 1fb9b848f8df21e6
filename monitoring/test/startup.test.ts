import { awaitStores, LogLines, type StoreChecks } from "@flashgate/monitoring";
import { describe, expect, it } from "vitest";
import { writtenLines } from "./written-lines.ts";

/** Waits for stores; each check takes `tookMs` of the clock, and no real time passes between two. */
function openStart(checks: Partial<StoreChecks>, { boundMs = 60_000, tookMs = 1_000 } = {}) {
  const clock = { ms: 0, nowMs: () => clock.ms };
  const { logger, records } = writtenLines();
  const asked: string[] = [];
  const timed = (name: keyof StoreChecks) => async () => {
    clock.ms += tookMs;
    asked.push(name);
    await checks[name]?.();
  };
  const all = { postgres: timed("postgres"), redis: timed("redis"), queue: timed("queue") };
  const started = () => awaitStores(all, { clock, lines: new LogLines(logger), boundMs, pauseMs: 0 });
  return { clock, records, asked, started };
}

const refused = (code: string, message = "no") => Object.assign(new Error(message), { code });

describe("a start", () => {
  it("asks each store once where all answer, and says nothing", async () => {
    const { records, asked, started } = openStart({});
    await started();
    expect(asked).toEqual(["postgres", "redis", "queue"]);
    expect(records()).toEqual([]);
  });

  it("waits for one that does not answer yet, says so now and then, and that it came", async () => {
    let left = 25;
    const postgres = async () => {
      if (left-- > 0) throw refused("ECONNREFUSED", "connect ECONNREFUSED 127.0.0.1:5432");
    };
    const { records, started } = openStart({ postgres });
    await started();
    const waiting = { level: "warn", dependency: "postgres", cause: expect.stringContaining("ECONNREFUSED") };
    expect(records()).toMatchObject([
      { ...waiting, left_ms: 59_000 },
      { ...waiting, left_ms: 49_000 },
      { ...waiting, left_ms: 39_000 },
      { level: "info", dependency: "postgres", duration_ms: 26_000, msg: "postgres answers now" },
    ]);
  });

  it("gives up after its bound, and names the setting and the last cause", async () => {
    const redis = () => Promise.reject(refused("ECONNREFUSED", "connect ECONNREFUSED 127.0.0.1:6379"));
    const { clock, started } = openStart({ redis }, { boundMs: 5_000 });
    await expect(started()).rejects.toThrow(
      "redis did not answer within 5 s: ECONNREFUSED: connect ECONNREFUSED 127.0.0.1:6379. Start it, or look at REDIS_URL.",
    );
    expect(clock.ms).toBeLessThan(8_000);
  });

  it.each([
    ["a wrong password", refused("28P01", "password authentication failed")],
    ["a database that is not there", refused("3D000", 'database "x" does not exist')],
    ["a wrong password of Redis", new Error("WRONGPASS invalid username-password pair")],
    ["no password for Redis", new Error("NOAUTH Authentication required.")],
  ])("does not wait where waiting is in vain: %s", async (_, fault) => {
    const { clock, records, started } = openStart({ queue: () => Promise.reject(fault) });
    await expect(started()).rejects.toThrow(/^queue refuses: .*REDIS_QUEUE_URL\.$/);
    expect([clock.ms, records()]).toEqual([3_000, []]);
  });
});
