import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { newSecret } from "../src/ids.ts";
import { keepSecret } from "../src/kept-secret.ts";
import { temporaryFolder } from "./folder.ts";

test("a secret is made once, kept, and readable to its owner only", () => {
  const folder = join(temporaryFolder(), "data");
  const secret = keepSecret(folder, "ticket-secret", newSecret);
  expect(Buffer.from(secret, "base64url")).toHaveLength(32);
  expect(keepSecret(folder, "ticket-secret", newSecret)).toBe(secret);
  expect(keepSecret(folder, "database-password", newSecret)).not.toBe(secret);
  expect(statSync(join(folder, "ticket-secret")).mode & 0o777).toBe(0o600);
});

test("each secret is its own", () => {
  const folder = temporaryFolder();
  expect(keepSecret(folder, "ops-token", newSecret)).not.toBe(keepSecret(folder, "ticket-secret", newSecret));
});

test("a secret that somebody shortened is refused", () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "ticket-secret"), "short");
  expect(() => keepSecret(folder, "ticket-secret", newSecret)).toThrow(
    /ticket-secret holds less than 32 bytes: remove it/,
  );
});
