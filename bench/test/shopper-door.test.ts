import http, { type RequestListener } from "node:http";
import net, { type AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { FrontDoor, type Question } from "../src/siege/crowd/front-door.ts";

/** The machine may be busy. */
const PATIENT = { timeout: 10_000 };
const door = new FrontDoor();
const opened: (() => void)[] = [];
afterEach(async () => {
  await door.close();
  for (const close of opened.splice(0)) close();
});

const QUESTION: Question = { method: "POST", path: "/x", body: "{}", patienceMs: 5_000 };

async function listen(server: net.Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function serve(listener: RequestListener): Promise<string> {
  const server = http.createServer(listener);
  opened.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return listen(server);
}

/** A server that speaks no HTTP of its own. */
async function serveRaw(onData: (socket: net.Socket) => void): Promise<string> {
  const server = net.createServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", () => onData(socket));
    opened.push(() => socket.destroy());
  });
  opened.push(() => server.close());
  return listen(server);
}

describe("a question", () => {
  test("is answered with status, body and when to come back", async () => {
    const url = await serve((_, response) => response.writeHead(503, { "retry-after": "2" }).end("{}"));
    expect(await door.ask(url, QUESTION)).toEqual({ kind: "answer", status: 503, body: "{}", retryAfterMs: 2_000 });
  });

  test("goes over connections that are there already, of which there are as many as questions at once, and one", async () => {
    const ports = new Set<number>();
    const url = await serve((request, response) => {
      ports.add(request.socket.remotePort ?? 0);
      response.end("{}");
    });
    for (let round = 0; round < 20; round += 1) await door.ask(url, QUESTION);
    expect(ports.size).toBeLessThanOrEqual(2);
  });

  test("does not wait for another one that is not answered", async () => {
    const held: (() => void)[] = [];
    const url = await serve((request, response) => {
      if (request.url === "/slow") held.push(() => response.end("slow"));
      else response.end("quick");
    });
    const slow = door.ask(url, { ...QUESTION, path: "/slow" });
    await expect.poll(() => held.length, PATIENT).toBe(1);
    expect(await door.ask(url, QUESTION)).toMatchObject({ body: "quick" });
    for (const answer of held) answer();
    expect(await slow).toMatchObject({ body: "slow" });
  });

  test("is unsent where nobody listens, and where nobody listens any more", async () => {
    const server = http.createServer((_, response) => response.end("{}"));
    const url = await listen(server);
    expect(await door.ask(url, QUESTION)).toMatchObject({ kind: "answer" });
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
    // the connection kept alive may be found dead only once it is used
    await expect.poll(() => door.ask(url, QUESTION), PATIENT).toMatchObject({ kind: "unsent" });
  });
});

test("an api that refuses connections is left alone for a while, unless there is no other", async () => {
  const url = await serve((_, response) => response.end("{}"));
  const [gone, other] = ["http://127.0.0.1:1", "http://127.0.0.1:2"];
  expect(door.reachable([url, gone])).toEqual([url, gone]);
  await door.ask(gone, QUESTION);
  await door.ask(url, QUESTION);
  expect(door.reachable([url, gone])).toEqual([url]);
  expect(door.reachable([gone])).toEqual([gone]);
  await door.ask(other, QUESTION);
  await expect.poll(() => door.reachable([url, gone]), PATIENT).toEqual([url, gone]);
});

describe("an answer is lost", () => {
  test("where the connection ends before it, or in the middle of it", async () => {
    const before = await serveRaw((socket) => socket.destroy());
    expect(await door.ask(before, QUESTION)).toMatchObject({ kind: "lost" });
    const midway = await serveRaw((socket) => socket.end("HTTP/1.1 202 Accepted\r\ncontent-length: 100\r\n\r\n{"));
    expect(await door.ask(midway, QUESTION)).toMatchObject({ kind: "lost" });
  });

  test("where it takes too long", async () => {
    const silent = await serveRaw(() => undefined);
    expect(await door.ask(silent, { ...QUESTION, patienceMs: 300 })).toEqual({
      kind: "lost",
      why: "UND_ERR_HEADERS_TIMEOUT",
    });
    const halting = await serveRaw((socket) => socket.write("HTTP/1.1 202 Accepted\r\ncontent-length: 100\r\n\r\n{"));
    expect(await door.ask(halting, { ...QUESTION, patienceMs: 300 })).toEqual({
      kind: "lost",
      why: "UND_ERR_BODY_TIMEOUT",
    });
  });

  test("where the asker hangs up, and the server sees it", async () => {
    let hungUp = false;
    const url = await serve((_, response) => {
      response.once("close", () => {
        hungUp = true;
      });
    });
    expect(await door.ask(url, { ...QUESTION, vanishAfterMs: 50 })).toEqual({ kind: "lost", why: "vanished" });
    await expect.poll(() => hungUp, PATIENT).toBe(true);
  });

  test("but not where the asker would have hung up later", async () => {
    const url = await serve((_, response) => response.end("{}"));
    expect(await door.ask(url, { ...QUESTION, vanishAfterMs: 60_000 })).toMatchObject({ kind: "answer", status: 200 });
  });
});
