import { once } from "node:events";
import net from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { ask, openShop, rawAsk, type Shop } from "./shop.ts";

/** A twentieth of what an api gives its clients: each test takes as long as the server does to lose its patience. */
const SHORT = { headersTimeoutMs: 150, requestTimeoutMs: 250, checkMs: 20, keepAliveMs: 50 } as const;
/** For those who must get through beside or before it, on a machine that has other things to do too. */
const PATIENT = { ...SHORT, headersTimeoutMs: 2_000, requestTimeoutMs: 3_000 } as const;
/** Between two bytes of a client that trickles: it never pauses for as long as a whole request may take. */
const TRICKLE_MS = 10;
const BODY = '{"items":[{"item_id":"any","quantity":1}]}';

let shop: Shop;
afterEach(async () => {
  await shop.stop();
  expect(shop.errors).toEqual([]);
});

/** Also where it ends in an error. */
const gone = (socket: net.Socket) => new Promise<void>((resolve) => socket.once("close", () => resolve()));

const portOf = ({ url }: Shop) => Number(new URL(url).port);

/** Sends the text, then byte after byte, so often or until the server hangs up; what it says until then. */
async function trickle(text: string, byte: string, times = Number.POSITIVE_INFINITY): Promise<string> {
  let [received, sent] = ["", 0];
  const socket = net.connect(portOf(shop), "127.0.0.1");
  socket.write(text);
  const beat = setInterval(() => {
    sent += 1;
    if (sent <= times) socket.write(byte);
  }, TRICKLE_MS);
  socket.on("data", (chunk) => (received += String(chunk)));
  // What is written to a connection that the server has closed is answered with a reset.
  socket.on("error", () => undefined);
  await gone(socket);
  clearInterval(beat);
  return received;
}

const head = (sale: string, headers = "") =>
  `POST /v1/sales/${sale}/checkouts HTTP/1.1\r\nHost: shop\r\nX-User-Id: slow\r\nContent-Type: application/json\r\n${headers}`;

async function nothingReserved(sale: string): Promise<void> {
  expect((await shop.gate.inspect(sale))?.totals).toEqual({ available: 5, held: 0, sold: 0 });
}

describe("a request that does not end", () => {
  it.each([
    ["says nothing at all", () => ""],
    ["stops in its head", (sale: string) => head(sale)],
    ["stops before its body", (sale: string) => head(sale, `Content-Length: ${BODY.length}\r\n\r\n`)],
    [
      "stops in its body",
      (sale: string) => head(sale, `Content-Length: ${BODY.length}\r\n\r\n${BODY.slice(0, BODY.length - 1)}`),
    ],
  ])("is over when it %s: 408, the connection closed, nothing reserved", async (_how, textOf) => {
    shop = await openShop(undefined, { limits: SHORT });
    const sale = await shop.openSale();
    expect(await rawAsk(shop.url, textOf(sale))).toMatch(/^HTTP\/1\.1 408 [\s\S]*Connection: close/);
    await nothingReserved(sale);
  });

  it("is over however busily its head trickles", async () => {
    shop = await openShop(undefined, { limits: SHORT });
    const sale = await shop.openSale();
    expect(await trickle(head(sale, "X-Slow: "), "x")).toMatch(/^HTTP\/1\.1 408 /);
    await nothingReserved(sale);
  });

  it("is over however busily its body trickles, and keeps nobody else waiting", async () => {
    shop = await openShop(undefined, { limits: PATIENT });
    const sale = await shop.openSale();
    const slow = trickle(head(sale, `Content-Length: 2000\r\n\r\n{`), " ");
    const others = await Promise.all([1, 2, 3].map(() => ask(shop.url, "GET", `/v1/sales/${sale}`)));
    expect(others.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(await slow).toMatch(/^HTTP\/1\.1 408 /);
    await nothingReserved(sale);
  });

  it("is let be when it arrives whole before its time is over", async () => {
    shop = await openShop(undefined, { limits: PATIENT });
    const sale = await shop.openSale();
    const rest = 5;
    const length = BODY.length + rest;
    const text = head(sale, `Connection: close\r\nContent-Length: ${length}\r\n\r\n${BODY}`);
    expect(await trickle(text, " ", rest)).toMatch(/^HTTP\/1\.1 202 /);
  });

  it("is answered 431 when its head is larger than there is room for", async () => {
    shop = await openShop(undefined, { limits: { headerBytesMax: 1_024 } });
    const large = `GET / HTTP/1.1\r\nHost: shop\r\nX-Large: ${"x".repeat(1_100)}\r\n\r\n`;
    expect(await rawAsk(shop.url, large)).toMatch(/^HTTP\/1\.1 431 /);
  });
});

describe("a connection", () => {
  const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: shop\r\n\r\n`;

  it("that has had its answer is kept for the next request, and closed when none comes", async () => {
    shop = await openShop(undefined, { limits: SHORT });
    const sale = await shop.openSale();
    const socket = net.connect(portOf(shop), "127.0.0.1");
    let answers = 0;
    socket.on("data", (chunk) => {
      answers += String(chunk).match(/HTTP\/1\.1 200 /g)?.length ?? 0;
      if (answers === 1) socket.write(get(`/v1/sales/${sale}`));
    });
    socket.write(get(`/v1/sales/${sale}`));
    await once(socket, "close");
    expect(answers).toBe(2);
  });

  it("serves only so many requests, and says with the last that it is the last", async () => {
    shop = await openShop(undefined, { limits: { requestsPerSocketMax: 2, keepAliveMs: 50 } });
    const sale = await shop.openSale();
    const received = await rawAsk(shop.url, get(`/v1/sales/${sale}`).repeat(3));
    const answers = received.split(/(?=HTTP\/1\.1 \d{3} )/);
    const answered = answers.map((text) => Number(text.slice(9, 12)));
    expect(answered.slice(0, 2)).toEqual([200, 200]);
    expect(answered.slice(2)).not.toContain(200);
    expect(answers[0]).not.toMatch(/^connection: close/im);
    expect(answers[1]).toMatch(/^connection: close/im);
  });

  it("too many is closed unanswered, without harm to those that are there; one that leaves makes room", async () => {
    shop = await openShop(undefined, { limits: { connectionsMax: 2 } });
    const sale = await shop.openSale();
    const text = get(`/v1/sales/${sale}`);
    const guests = [net.connect(portOf(shop), "127.0.0.1"), net.connect(portOf(shop), "127.0.0.1")];
    for (const guest of guests) {
      guest.write(text);
      expect(String((await once(guest, "data"))[0])).toMatch(/^HTTP\/1\.1 200 /);
    }
    const turnedAway = net.connect(portOf(shop), "127.0.0.1");
    turnedAway.on("error", () => undefined);
    let heard = "";
    turnedAway.on("data", (chunk) => (heard += String(chunk)));
    await gone(turnedAway);
    expect(heard).toBe("");
    for (const guest of guests) {
      guest.write(text);
      expect(String((await once(guest, "data"))[0])).toMatch(/^HTTP\/1\.1 200 /);
    }
    for (const guest of guests) guest.end();
    await Promise.all(guests.map((guest) => once(guest, "close")));
    const late = () => ask(shop.url, "GET", `/v1/sales/${sale}`).then(({ status }) => status);
    await expect.poll(() => late().catch(() => "turned away")).toBe(200);
  });
});

it("an api gives its clients 3 s for a head, 5 s for a request, 8 KB of headers and 30 s of silence", async () => {
  shop = await openShop();
  expect(shop.server).toMatchObject({
    headersTimeout: 3_000,
    requestTimeout: 5_000,
    keepAliveTimeout: 30_000,
    maxRequestsPerSocket: 100_000,
    maxConnections: 20_000,
  });
  const headers = (bytes: number) =>
    `GET / HTTP/1.1\r\nHost: shop\r\nConnection: close\r\nX-L: ${"x".repeat(bytes)}\r\n\r\n`;
  expect(await rawAsk(shop.url, headers(8_000))).toMatch(/^HTTP\/1\.1 404 /);
  expect(await rawAsk(shop.url, headers(8_200))).toMatch(/^HTTP\/1\.1 431 /);
});
