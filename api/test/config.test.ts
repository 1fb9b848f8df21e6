import { describe, expect, it } from "vitest";
import { createAccess } from "../src/access.ts";
import { readConfig } from "../src/config.ts";
import { Allowance } from "../src/rate-limits/allowance.ts";

const good = { DATABASE_URL: "postgres://x", REDIS_URL: "redis://x", TICKET_SECRET: "s".repeat(32) };

describe("the api's environment", () => {
  it("has defaults that fit a laptop", () => {
    expect(readConfig(good)).toMatchObject({
      HOST: "127.0.0.1",
      PORT: 3_000,
      AUTH: "trusted",
      ATTEMPTS: "all",
      DATABASE_POOL: 5,
      STREAMS_MAX: 10_000,
      BOARD_CHANGES: "off",
    });
  });

  it("takes each of the three for ATTEMPTS", () => {
    for (const attempts of ["all", "accepted", "off"]) {
      expect(readConfig({ ...good, ATTEMPTS: attempts }).ATTEMPTS).toBe(attempts);
    }
  });

  it("names every fault at once", () => {
    const faults = () =>
      readConfig({
        TICKET_SECRET: "short",
        PORT: "70000",
        AUTH: "none",
        ATTEMPTS: "some",
        STREAMS_MAX: "0",
        BOARD_CHANGES: "yes",
      });
    for (const name of [
      "DATABASE_URL",
      "REDIS_URL",
      "TICKET_SECRET",
      "PORT",
      "AUTH",
      "ATTEMPTS",
      "STREAMS_MAX",
      "BOARD_",
    ])
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
    const jwt = { ...good, AUTH: "jwt", JWT_SECRET: "j".repeat(32) };
    expect(readConfig(jwt).CONTEST_API).toBe("off");
    expect(readConfig({ ...good, DEMO_CROWD: "on" }).DEMO_CROWD).toBe("on");
    expect(readConfig(production).DEMO_CROWD).toBe("off");
    expect(() => readConfig({ ...production, DEMO_CROWD: "on" })).toThrow(/DEMO_CROWD/);
    expect(() => readConfig({ ...good, GRAFANA_URL: "grafana:3000" })).toThrow("GRAFANA_URL");
    expect(() => readConfig({ ...jwt, CONTEST_API: "on" })).toThrow(/believes whatever user id.*set CONTEST_API=off/);
  });

  it("names faults of what goes together beside those of single settings", () => {
    const env = { NODE_ENV: "production", JWT_ISSUER: "x", RATE_LIMIT_USER: "many", TRUST_PROXY: "true" };
    const faults = () => readConfig({ ...env, CORS_ORIGINS: "shop.example" });
    const named = ["DATABASE_URL", "TICKET_SECRET", "at AUTH", "JWT_ISSUER", "RATE_LIMIT_USER", "TRUST_PROXY", "CORS"];
    for (const name of named) expect(faults).toThrow(name);
  });
});

describe("AUTH=jwt", () => {
  const jwt = { ...good, AUTH: "jwt", JWT_SECRET: "j".repeat(32) };
  const listed = { ...good, AUTH: "jwt", JWT_JWKS_URL: "https://id.example/jwks" };

  it("takes a secret or a key list, in production too", () => {
    for (const env of [jwt, listed]) expect(readConfig({ ...env, NODE_ENV: "production" }).AUTH).toBe("jwt");
    expect(readConfig({ ...listed, JWT_JWKS_URL: "http://127.0.0.1/jwks" }).JWT_JWKS_URL).toContain("http:");
  });

  it.each<[string, object, string]>([
    ["neither", { ...good, AUTH: "jwt" }, "either JWT_SECRET or JWT_JWKS_URL"],
    ["both", { ...jwt, JWT_JWKS_URL: listed.JWT_JWKS_URL }, "and not both"],
    ["a short secret", { ...jwt, JWT_SECRET: "j".repeat(31) }, "JWT_SECRET"],
    ["the tickets' secret", { ...jwt, JWT_SECRET: good.TICKET_SECRET }, "must not be TICKET_SECRET"],
    ["no URL", { ...listed, JWT_JWKS_URL: "id.example" }, "JWT_JWKS_URL"],
    ["a URL of a file", { ...listed, JWT_JWKS_URL: "file:///jwks" }, "JWT_JWKS_URL"],
    ["no TLS", { ...listed, JWT_JWKS_URL: "http://id.example/jwks", NODE_ENV: "production" }, "must be https"],
    ["settings that nobody reads", { ...jwt, AUTH: "trusted" }, "is not read with AUTH=trusted"],
  ])("is refused with %s", (_name, env, message) => {
    expect(() => readConfig(env as NodeJS.ProcessEnv)).toThrow(message);
  });
});

describe("how often, and from where", () => {
  const clock = { nowMs: () => 0 };
  const access = (env: object) => createAccess(readConfig({ ...good, ...env }), clock);
  const jwt = { AUTH: "jwt", JWT_SECRET: "j".repeat(32) };

  it("limits users, and addresses where they are the shoppers' own", () => {
    expect(access({}).allowances).toMatchObject({ user: expect.any(Allowance), address: null });
    expect(access(jwt).allowances.address).toBeInstanceOf(Allowance);
    expect(access({ RATE_LIMIT_ADDRESS: "5/1s" }).allowances.address).toBeInstanceOf(Allowance);
    const off = { ...jwt, RATE_LIMIT_USER: "off", RATE_LIMIT_ADDRESS: "off" };
    expect(access(off).allowances).toEqual({ user: null, address: null });
  });

  it("trusts no proxy and no origin unless they are named", () => {
    expect(access({})).toMatchObject({ trustProxy: [], corsOrigins: new Set(), tlsOnly: false });
    const networks = "10.0.0.0/8, fd00::/8,loopback, 203.0.113.7";
    expect(access({ TRUST_PROXY: networks }).trustProxy).toEqual(["10.0.0.0/8", "fd00::/8", "loopback", "203.0.113.7"]);
    expect(access({ TRUST_PROXY: "2" }).trustProxy).toBe(2);
    const origins = "https://shop.example, http://localhost:5173";
    expect(access({ CORS_ORIGINS: origins }).corsOrigins).toEqual(new Set(origins.split(", ")));
    expect(access({ ...jwt, NODE_ENV: "production" }).tlsOnly).toBe(true);
  });

  it.each(["true", "0", "-1", "1,2", "proxy.example", "10.0.0.0/33", "0.0.0.0/0", "10.0.0.256", "10.0.0.1;x"])(
    "refuses the proxy %s",
    (proxy) => {
      expect(() => access({ TRUST_PROXY: proxy })).toThrow("TRUST_PROXY");
    },
  );

  it.each(["https://shop.example/", "shop.example", "https://shop.example/a", "https://*.example", "null"])(
    "refuses the origin %s",
    (origin) => {
      expect(() => access({ CORS_ORIGINS: origin })).toThrow("CORS_ORIGINS");
    },
  );
});
