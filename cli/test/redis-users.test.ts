import { expect, test } from "vitest";
import { userLines } from "../src/commands/redis-users.ts";

const PASSWORDS = {
  REDIS_GATE_PASSWORD: "the gate's secret",
  REDIS_OPENER_PASSWORD: "the opener's secret",
  REDIS_QUEUE_PASSWORD: "the queue's secret",
};

test("the users are lines for redis.conf, without a password in the clear", async () => {
  const lines = await userLines(PASSWORDS);
  expect(lines.map((line) => line.split(" ", 2).join(" "))).toEqual([
    "user flashgate_gate",
    "user flashgate_opener",
    "user flashgate_queue",
  ]);
  expect(lines.join("\n")).not.toMatch(/secret|nopass|\+@all(?! -@scripting)/);
});

test("a password that is missing or short is named", async () => {
  await expect(userLines({ ...PASSWORDS, REDIS_QUEUE_PASSWORD: "short" })).rejects.toThrow(
    /^REDIS_QUEUE_PASSWORD must have at least 16 bytes/,
  );
  await expect(userLines({})).rejects.toThrow("REDIS_GATE_PASSWORD, REDIS_OPENER_PASSWORD, REDIS_QUEUE_PASSWORD must");
});
