import { expect, test } from "vitest";
import { Interrupted, orInterrupted } from "../src/interruption.ts";

const never = new Promise<never>(() => undefined);

test("the outcome of a promise that comes first counts", async () => {
  const { signal } = new AbortController();
  await expect(orInterrupted(Promise.resolve(7), signal)).resolves.toBe(7);
  await expect(orInterrupted(Promise.reject(new Error("no disk")), signal)).rejects.toThrow("no disk");
});

test("an interruption that comes first, or came before, counts", async () => {
  const interruption = new AbortController();
  const waiting = orInterrupted(never, interruption.signal);
  interruption.abort(new Interrupted("SIGINT"));
  await expect(waiting).rejects.toBeInstanceOf(Interrupted);
  await expect(orInterrupted(never, interruption.signal)).rejects.toBeInstanceOf(Interrupted);
});
