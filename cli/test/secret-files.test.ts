import { expect, test } from "vitest";
import { takeSecrets } from "../src/secret-files.ts";

const FILES: Readonly<Record<string, string>> = { "/s/token": "a token\n", "/s/queue": "p/w@:%41", "/s/empty": " \n" };

function read(file: string): string {
  const text = FILES[file];
  if (text === undefined) throw new Error("ENOENT");
  return text;
}

test("a secret is read from the file that is named in its place", () => {
  const env = { OPS_TOKEN_FILE: "/s/token", LOG_LEVEL: "info", SSL_CERT_FILE: "/s/none" };
  takeSecrets(env, read);
  expect(env).toEqual({ OPS_TOKEN: "a token", LOG_LEVEL: "info", SSL_CERT_FILE: "/s/none" });
});

test("a password goes into the URL that has none, however it is spelled", () => {
  const env: NodeJS.ProcessEnv = {
    DATABASE_URL: "postgres://flashgate_process@postgres:5432/flashgate",
    DATABASE_PASSWORD: "plain",
    REDIS_URL: "redis://flashgate_gate:own@redis:6379",
    REDIS_QUEUE_URL: "redis://flashgate_queue@redis:6379",
    REDIS_QUEUE_PASSWORD_FILE: "/s/queue",
  };
  takeSecrets(env, read);
  expect(env["DATABASE_URL"]).toBe("postgres://flashgate_process:plain@postgres:5432/flashgate");
  expect(env["REDIS_URL"]).toBe("redis://flashgate_gate:own@redis:6379");
  expect(decodeURIComponent(new URL(env["REDIS_QUEUE_URL"] ?? "").password)).toBe("p/w@:%41");
  const once = { ...env };
  takeSecrets(env, read);
  expect(env).toEqual(once);
});

test("a password without a URL is left to the command that asks for it", () => {
  const env = { REDIS_QUEUE_PASSWORD_FILE: "/s/queue" };
  takeSecrets(env, read);
  expect(env).toEqual({ REDIS_QUEUE_PASSWORD: "p/w@:%41" });
});

test("every fault is named at once, and no secret is told", () => {
  const env = {
    OPS_TOKEN: "a",
    OPS_TOKEN_FILE: "/s/token",
    TICKET_SECRET_FILE: "/s/missing",
    JWT_SECRET_FILE: "/s/empty",
    REDIS_URL: "redis://u:one@redis:6379",
    REDIS_PASSWORD: "two",
  };
  const take = () => takeSecrets(env, read);
  expect(take).toThrow("OPS_TOKEN and OPS_TOKEN_FILE are both set: leave one of them out");
  expect(take).toThrow("TICKET_SECRET_FILE: /s/missing cannot be read (ENOENT)");
  expect(take).toThrow("JWT_SECRET_FILE: /s/empty is empty");
  expect(take).toThrow("REDIS_PASSWORD is not the password that REDIS_URL holds: leave it out of one of them");
  expect(take).toThrow(/^(?!.*(one@|\btwo\b))/s);
});
