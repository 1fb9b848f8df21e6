import { describe, expect, it } from "vitest";
import { readConfig } from "../src/config.ts";

const good = { DATABASE_URL: "postgres://x", REDIS_URL: "redis://x", TICKET_SECRET: "s".repeat(32) };

describe("the api's environment", () => {
  it("has defaults that fit a laptop", () => {
    expect(readConfig(good)).toMatchObject({
      HOST: "127.0.0.1",
      PORT: 3_000,
      AUTH: "trusted",
      ATTEMPTS: "all",
      DATABASE_POOL: 5,
    });
  });

  it("names every fault at once", () => {
    const faults = () => readConfig({ TICKET_SECRET: "short", PORT: "70000", AUTH: "none", ATTEMPTS: "some" });
    for (const name of ["DATABASE_URL", "REDIS_URL", "TICKET_SECRET", "PORT", "AUTH", "ATTEMPTS"])
      expect(faults).toThrow(name);
  });

  it("refuses to trust X-User-Id in production unless told to", () => {
    const production = { ...good, NODE_ENV: "production" };
    expect(() => readConfig(production)).toThrow("AUTH_TRUSTED_IN_PRODUCTION=yes");
    expect(readConfig({ ...production, AUTH_TRUSTED_IN_PRODUCTION: "yes" }).NODE_ENV).toBe("production");
  });

  it("answers the contest's clients, but in production only if told to", () => {
    const production = { ...good, NODE_ENV: "production", AUTH_TRUSTED_IN_PRODUCTION: "yes" };
    expect(readConfig(good).CONTEST_API).toBe("on");
    expect(readConfig({ ...good, CONTEST_API: "off" }).CONTEST_API).toBe("off");
    expect(readConfig(production).CONTEST_API).toBe("off");
    expect(readConfig({ ...production, CONTEST_API: "on" }).CONTEST_API).toBe("on");
    expect(() => readConfig({ ...good, CONTEST_API: "yes" })).toThrow("CONTEST_API");
  });
});
