import { once } from "node:events";
import { createServer } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { freePorts } from "../src/ports.ts";

const HOST = "127.0.0.1";

test("any free ports are found, and free afterwards", async () => {
  const ports = await freePorts(HOST, 0, 3);
  expect(new Set(ports).size).toBe(3);
  const [first = 0] = ports;
  expect(await freePorts(HOST, first, 1)).toEqual([first]);
});

test("a port that is taken is named, with the option that chooses another", async () => {
  const server = createServer().listen(0, HOST);
  onTestFinished(() => void server.close());
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  await expect(freePorts(HOST, port, 2)).rejects.toThrow(new RegExp(`Port ${port} is taken: .*--port`));
});

test("a host that is not this machine's is named", async () => {
  await expect(freePorts("192.0.2.1", 3_000, 1)).rejects.toThrow(/Port 3000 on 192\.0\.2\.1 cannot be used .*HOST/);
});
