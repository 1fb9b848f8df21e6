import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { userLines, writeAclFile } from "../src/commands/redis-users.ts";
import { temporaryFolder } from "./folder.ts";

const PASSWORDS = {
  REDIS_GATE_PASSWORD: "the gate's secret",
  REDIS_OPENER_PASSWORD: "the opener's secret",
  REDIS_QUEUE_PASSWORD: "the queue's secret",
};
const namesOf = (lines: readonly string[]) => lines.map((line) => line.split(" ", 2).join(" "));

test("the users are lines for redis.conf, without a password in the clear", async () => {
  const lines = await userLines(PASSWORDS);
  expect(namesOf(lines)).toEqual(["user flashgate_gate", "user flashgate_opener", "user flashgate_queue"]);
  expect(lines.join("\n")).not.toMatch(/secret|nopass|\+@all(?! -@scripting)/);
});

test("a probe has a user of its own where it has a password", async () => {
  const lines = await userLines({ ...PASSWORDS, REDIS_MONITOR_PASSWORD: "the probe's secret" });
  expect(namesOf(lines)).toContain("user flashgate_monitor");
  expect(lines.join("\n")).not.toContain("secret");
});

test("an ACL file lets in its users and nobody else, and is there as a whole or not at all", () => {
  const folder = temporaryFolder();
  const file = join(folder, "users.acl");
  writeAclFile(file, ["user a on"]);
  writeAclFile(file, ["user b on"]);
  expect(readFileSync(file, "utf8")).toBe("user default off\nuser b on\n");
  expect(readdirSync(folder)).toEqual(["users.acl"]);
  expect(() => writeAclFile(join(folder, "none", "users.acl"), [])).toThrow(/^--acl-file .* cannot be written/);
});

test("a password that is missing or short is named", async () => {
  await expect(userLines({ ...PASSWORDS, REDIS_QUEUE_PASSWORD: "short" })).rejects.toThrow(
    /^REDIS_QUEUE_PASSWORD must have at least 16 bytes/,
  );
  await expect(userLines({ ...PASSWORDS, REDIS_MONITOR_PASSWORD: "" })).rejects.toThrow(/^REDIS_MONITOR_PASSWORD must/);
  await expect(userLines({})).rejects.toThrow("REDIS_GATE_PASSWORD, REDIS_OPENER_PASSWORD, REDIS_QUEUE_PASSWORD must");
});
