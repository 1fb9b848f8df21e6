import { createServer } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { freePort, HOST, isFree } from "../src/port.ts";

test("a remembered port is used again", async () => {
  const port = await freePort(undefined);
  expect(await freePort(port)).toBe(port);
});

test("a port that is taken is not used, remembered or not", async () => {
  const port = await freePort(undefined);
  const server = createServer();
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(port, HOST, resolve));
  expect(await isFree(port)).toBe(false);
  expect(await freePort(port)).not.toBe(port);
});

test("ports lie below every system's range for outgoing connections", async () => {
  const ports = await Promise.all(Array.from({ length: 20 }, () => freePort(undefined)));
  expect(ports.filter((port) => port < 1_024 || port >= 32_768)).toEqual([]);
});
