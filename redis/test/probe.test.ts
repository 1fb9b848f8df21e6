import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { Redis } from "ioredis";
import { expect, inject, it, onTestFinished } from "vitest";
import { probe } from "../src/connection.ts";

it("resolves where a server can be used, and leaves no connection", async () => {
  await probe(inject("redisUrl"));
  const control = new Redis(inject("redisUrl"));
  onTestFinished(() => control.disconnect());
  await expect.poll(async () => String(await control.client("LIST"))).not.toContain("flashgate-probe");
});

it("rejects with what the network says where nobody listens", async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  await expect(probe(`redis://127.0.0.1:${port}`)).rejects.toThrow("ECONNREFUSED");
});

it("rejects with what the server says to a wrong password", async () => {
  const url = new URL(inject("redisUrl"));
  url.username = "nobody";
  url.password = "wrong";
  await expect(probe(url.href)).rejects.toThrow("WRONGPASS");
});

it("rejects within its bound where somebody listens and says nothing", async () => {
  const silent = createServer(() => undefined);
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void silent.close());
  await expect(probe(`redis://127.0.0.1:${(silent.address() as AddressInfo).port}`, 200)).rejects.toThrow("200 ms");
});
