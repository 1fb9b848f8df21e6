import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { FaultProxy } from "../src/fleet/fault-proxy.ts";

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

/** Answers every message with `<name>:<message>`, and remembers what it was sent. */
async function store(name = "store") {
  const heard: string[] = [];
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("data", (chunk) => {
      heard.push(chunk.toString());
      socket.write(`${name}:${chunk}`);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  open.push({
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  });
  const address = server.address();
  return { port: typeof address === "object" && address ? address.port : 0, heard, sockets };
}

async function proxyTo(port: number): Promise<FaultProxy> {
  const proxy = await FaultProxy.listen(port);
  open.push(proxy);
  return proxy;
}

/** A client that remembers what it was answered and how it was cut off. */
async function client(proxy: FaultProxy) {
  const socket = connect(proxy.port, "127.0.0.1");
  const state = { received: "", end: "" };
  socket.on("data", (chunk) => {
    state.received += chunk;
  });
  socket.on("error", (error: NodeJS.ErrnoException) => {
    state.end = error.code ?? "error";
  });
  socket.on("close", () => {
    state.end ||= "closed";
  });
  open.push({ close: () => socket.destroy() });
  await Promise.race([once(socket, "connect"), once(socket, "close")]).catch(() => undefined);
  return { socket, state, say: (text: string) => socket.write(text) };
}

describe("a path without a toxic", () => {
  it("carries both ways, whole and in order, more than any buffer holds", async () => {
    const proxy = await proxyTo((await store("")).port);
    const { socket, say } = await client(proxy);
    const bytes = 8_000_000;
    let received = 0;
    socket.on("data", (chunk) => {
      received += chunk.length;
    });
    say("x".repeat(bytes));
    await expect.poll(() => received, { timeout: 10_000 }).toBeGreaterThanOrEqual(bytes);
  });

  it("tells either side that the other has hung up", async () => {
    const { port, sockets } = await store();
    const proxy = await proxyTo(port);
    const first = await client(proxy);
    await expect.poll(() => sockets.size).toBe(1);
    for (const socket of sockets) socket.end();
    await expect.poll(() => first.state.end).toBe("closed");
    expect(proxy.links).toBe(0);
  });

  it("leads elsewhere from one moment on: connections to the server before are reset", async () => {
    const [old, next] = [await store("old"), await store("new")];
    const proxy = await proxyTo(old.port);
    const before = await client(proxy);
    before.say("hello");
    await expect.poll(() => before.state.received).toBe("old:hello");
    proxy.leadTo(next.port);
    await expect.poll(() => before.state.end).toBe("ECONNRESET");
    const after = await client(proxy);
    after.say("hello");
    await expect.poll(() => after.state.received).toBe("new:hello");
  });
});

describe("latency", () => {
  it("keeps the order of what it delays, each chunk by another time, though the process is busy", async () => {
    const sent = Array.from({ length: 600 }, (_, index) => `${index};`);
    const proxy = await proxyTo((await store("")).port);
    const { socket, state } = await client(proxy);
    socket.setNoDelay(true);
    await proxy.afflict({ kind: "latency", latencyMs: 30, jitterMs: 30 });
    let next = 0;
    // one small write a turn, so that each is a chunk of its own; in between somebody else has the processor
    const writing = setInterval(() => {
      socket.write(sent[next++] ?? "");
      if (next >= sent.length) clearInterval(writing);
      for (const untilMs = performance.now() + (next % 5); performance.now() < untilMs; );
    }, 1);
    open.push({ close: () => clearInterval(writing) });
    const told = () => state.received.replaceAll(":", "");
    await expect.poll(() => told().length, { timeout: 20_000 }).toBe(sent.join("").length);
    expect(told()).toBe(sent.join(""));
  });

  it("delays every byte and keeps their order, also where the path has healed meanwhile", async () => {
    const proxy = await proxyTo((await store()).port);
    const { state, say } = await client(proxy);
    await proxy.afflict({ kind: "latency", latencyMs: 60, jitterMs: 40 });
    const startedMs = performance.now();
    say("one");
    await expect.poll(() => state.received, { interval: 5 }).toBe("store:one");
    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(119);
    say("two");
    await proxy.heal();
    say("three");
    await expect.poll(() => state.received).toMatch(/two.*three$/);
  });
});

describe("a black hole", () => {
  it("accepts and swallows; when it heals, what lost bytes is reset and what did not goes on", async () => {
    const { port, heard } = await store();
    const proxy = await proxyTo(port);
    const [silent, talking] = [await client(proxy), await client(proxy)];
    await proxy.afflict({ kind: "timeout" });
    const late = await client(proxy);
    late.say("lost");
    talking.say("lost");
    await expect.poll(() => proxy.bytesLost).toBe(8);
    expect(heard).toEqual([]);
    expect([late.state.end, talking.state.end]).toEqual(["", ""]);
    await proxy.heal();
    await expect.poll(() => [late.state.end, talking.state.end]).toEqual(["ECONNRESET", "ECONNRESET"]);
    silent.say("hello");
    await expect.poll(() => silent.state.received).toBe("store:hello");
  });
});

describe("a path of one way", () => {
  it("lets requests pass and loses the answers", async () => {
    const { port, heard } = await store();
    const proxy = await proxyTo(port);
    await proxy.afflict({ kind: "one_way", lost: "downstream" });
    const { state, say } = await client(proxy);
    say("done anyway");
    await expect.poll(() => heard).toEqual(["done anyway"]);
    expect(state.received).toBe("");
  });

  it("loses requests and lets what the store says pass", async () => {
    const { port, heard, sockets } = await store();
    const proxy = await proxyTo(port);
    await proxy.afflict({ kind: "one_way", lost: "upstream" });
    const { state, say } = await client(proxy);
    say("lost");
    await expect.poll(() => sockets.size).toBe(1);
    for (const socket of sockets) socket.write("unasked");
    await expect.poll(() => state.received).toBe("unasked");
    expect(heard).toEqual([]);
  });
});

describe("a cut path", () => {
  it("resets whoever is connected and whoever connects, until it heals", async () => {
    const proxy = await proxyTo((await store()).port);
    const connected = await client(proxy);
    await proxy.afflict({ kind: "reset_peer" });
    await expect.poll(() => connected.state.end).toBe("ECONNRESET");
    const connecting = await client(proxy);
    await expect.poll(() => connecting.state.end).not.toBe("");
    await proxy.heal();
    const healed = await client(proxy);
    healed.say("hello");
    await expect.poll(() => healed.state.received).toBe("store:hello");
  });

  it("breaks off in the middle of an answer: so many bytes and not one more", async () => {
    const proxy = await proxyTo((await store()).port);
    const { state, say } = await client(proxy);
    await proxy.afflict({ kind: "limit_data", bytes: 9 });
    say("hello");
    await expect.poll(() => state.end).not.toBe("");
    expect("store:hel".startsWith(state.received)).toBe(true);
    expect(state.received).not.toContain("hell");
  });

  it("refuses while it is down, and listens on the same port again", async () => {
    const proxy = await proxyTo((await store()).port);
    const { port } = proxy;
    await proxy.afflict({ kind: "down" });
    const refused = await client(proxy);
    await expect.poll(() => refused.state.end).toBe("ECONNREFUSED");
    await proxy.heal();
    expect(proxy.port).toBe(port);
    const healed = await client(proxy);
    healed.say("hello");
    await expect.poll(() => healed.state.received).toBe("store:hello");
  });

  it("is cut as well where the store itself refuses", async () => {
    const { port } = await store();
    const proxy = await proxyTo(port);
    for (const one of open.splice(0, 1)) await one.close();
    const { state } = await client(proxy);
    await expect.poll(() => state.end).not.toBe("");
    expect(proxy.links).toBe(0);
  });
});
