import { describe, expect, it } from "vitest";
import { backoffMs } from "../src/backoff.ts";
import { Flashgate, type FlashgateOptions, type World } from "../src/index.ts";
import { allOf } from "./all-of.ts";

type Answer = (init: RequestInit) => Promise<Response>;

/** An api that gives these answers, one after the other; what it was sent, and how long the client paused. */
function scripted(answers: readonly Answer[], options: Partial<FlashgateOptions> = {}) {
  const sent: { url: string; init: RequestInit }[] = [];
  const pausesMs: number[] = [];
  let nowMs = 0;
  let ids = 0;
  const world: World = {
    nowMs: () => nowMs,
    random: () => 0.5,
    uniqueId: () => `key-${++ids}`,
    pause: async (ms, signal) => {
      signal?.throwIfAborted();
      pausesMs.push(ms);
      nowMs += ms;
    },
  };
  const left = [...answers];
  const fetched: typeof fetch = (input, init = {}) => {
    sent.push({ url: String(input), init });
    const answer = left.shift();
    if (!answer) throw new Error("asked once too often");
    return answer(init);
  };
  const client = new Flashgate({
    baseUrl: "http://a",
    userId: "u",
    fetch: fetched,
    world,
    ...options,
  } as FlashgateOptions);
  return { client, sent, pausesMs, left };
}

const ticket =
  (status: string): Answer =>
  async () =>
    Response.json({ ticket: "v1.t", status, quantity: 1 });
const problem =
  (status: number, code: string, retryAfterS?: number): Answer =>
  async () =>
    Response.json(
      { code, detail: "because", request_id: "r" },
      {
        status,
        headers: {
          "content-type": "application/problem+json",
          ...(retryAfterS === undefined ? {} : { "retry-after": String(retryAfterS) }),
        },
      },
    );
const cut: Answer = () => Promise.reject(new TypeError("fetch failed"));
const silent: Answer = ({ signal }) =>
  new Promise((_, reject) => {
    const abort = () => reject(signal?.reason);
    if (signal?.aborted) abort();
    else signal?.addEventListener("abort", abort);
  });

const REQUEST = { items: [{ item_id: "any", quantity: 1 }] };
const keysOf = (sent: readonly { init: RequestInit }[]) =>
  sent.map(({ init }) => new Headers(init.headers).get("idempotency-key"));

describe("a checkout whose answer does not come", () => {
  it("is sent again under its key, until it comes", async () => {
    const answers = [cut, problem(503, "outcome_unknown"), problem(429, "rate_limited"), ticket("queued")];
    const { client, sent } = scripted(answers);
    expect(await client.checkouts.create(REQUEST)).toMatchObject({ status: "queued" });
    expect(keysOf(sent)).toEqual(["key-1", "key-1", "key-1", "key-1"]);
  });

  it("waits as long as the api says, and a random while on top of that", async () => {
    const { client, pausesMs } = scripted([problem(503, "sale_paused", 5), cut, ticket("queued")]);
    await client.checkouts.create(REQUEST);
    expect(pausesMs).toEqual([5_050, 100]);
  });

  it("is given up after as many tries and as long as it may take", async () => {
    const few = scripted([cut, cut, cut], { retriesMax: 2 });
    await expect(few.client.checkouts.create(REQUEST)).rejects.toMatchObject({ code: "network", retryable: true });
    expect(few.left).toEqual([]);
    const short = scripted([problem(503, "unavailable", 2)], { retryMs: 1_000 });
    await expect(short.client.checkouts.create(REQUEST)).rejects.toMatchObject({
      code: "unavailable",
      retryAfterMs: 2_000,
      requestId: "r",
    });
  });

  it("is late after its time", async () => {
    const { client } = scripted([silent], { retriesMax: 0, timeoutMs: 1 });
    await expect(client.checkouts.create(REQUEST)).rejects.toMatchObject({ code: "timeout", status: null });
  });

  it("is not sent again where the api refused it", async () => {
    const { client, left } = scripted([problem(409, "sold_out"), ticket("queued")]);
    await expect(client.checkouts.create(REQUEST)).rejects.toMatchObject({ code: "sold_out", retryable: false });
    expect(left).toHaveLength(1);
  });

  it("rejects with the reason of whoever aborts it", async () => {
    const reason = new Error("left the page");
    const { client } = scripted([silent]);
    await expect(client.checkouts.create(REQUEST, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});

describe("lines added to a cart", () => {
  it("are sent again only where surely nothing was added", async () => {
    const refused = scripted([problem(429, "rate_limited"), problem(503, "gate_shut"), ticket("reserved")]);
    expect(await refused.client.tickets.addLines("v1.t", REQUEST.items)).toMatchObject({ status: "reserved" });
    for (const lost of [cut, problem(503, "outcome_unknown"), async () => new Response("", { status: 502 })]) {
      const { client, left } = scripted([lost, ticket("reserved")]);
      await expect(client.tickets.addLines("v1.t", REQUEST.items)).rejects.toMatchObject({ retryable: true });
      expect(left).toHaveLength(1);
    }
  });
});

describe("a ticket that is watched", () => {
  it("is asked for with answers held back where there are no streams, and without where those do not come", async () => {
    const answers = [problem(503, "too_many_streams"), ticket("queued"), ...Array<Answer>(7).fill(cut)];
    const { client, sent } = scripted([...answers, ticket("queued"), ticket("confirmed")]);
    const states = (await allOf(client.tickets.watch("v1.t"))).map(({ status }) => status);
    expect(states).toEqual(["queued", "confirmed"]);
    const waits = sent.map(({ init }) => new Headers(init.headers).get("prefer"));
    expect(waits).toEqual([null, ...Array(8).fill("wait=20"), null, null]);
  });

  it("is followed across a cut, from the event it saw last", async () => {
    const queued = stream('retry: 1000\nid: queued\nevent: snapshot\ndata: {"status":"queued"}\n\n');
    const decided = stream('id: confirmed\nevent: verdict\ndata: {"status":"confirmed"}\n\n');
    const { client, sent, pausesMs } = scripted([queued, decided]);
    const states = (await allOf(client.tickets.watch("v1.t"))).map(({ status }) => status);
    expect(states).toEqual(["queued", "confirmed"]);
    expect(sent.map(({ init }) => new Headers(init.headers).get("last-event-id"))).toEqual([null, "queued"]);
    expect(pausesMs).toEqual([1_000]);
  });

  it("is asked for after three streams that brought nothing", async () => {
    const { client, sent } = scripted([stream(""), cut, stream(""), ticket("expired")]);
    expect(await allOf(client.tickets.watch("v1.t"))).toMatchObject([{ status: "expired" }]);
    expect(sent.map(({ url }) => url.endsWith("/events"))).toEqual([true, true, true, false]);
  });

  it("is not asked for at all where there is no such ticket", async () => {
    const { client } = scripted([problem(404, "ticket_not_found")]);
    await expect(allOf(client.tickets.watch("v1.t"))).rejects.toMatchObject({ code: "ticket_not_found" });
  });
});

describe("an answer that is not the api's", () => {
  it("is called unreadable", async () => {
    const page = async () => new Response("<html>", { status: 200, headers: { "content-type": "text/html" } });
    await expect(scripted([page]).client.sales.get()).rejects.toMatchObject({ code: "unreadable", status: 200 });
    const gone = async () => new Response("<html>", { status: 404 });
    await expect(scripted([gone]).client.sales.get()).rejects.toMatchObject({ code: "unreadable", status: 404 });
  });
});

describe("backoff", () => {
  it("is anything up to a span that doubles, bounded", () => {
    const last = () => 0.999_999;
    expect([1, 2, 3, 9].map((failures) => Math.round(backoffMs(failures, null, last)))).toEqual([100, 200, 400, 5_000]);
    expect(backoffMs(1, null, () => 0)).toBe(0);
    expect(backoffMs(1, 2_000, () => 0)).toBe(2_000);
  });
});

function stream(text: string): Answer {
  return async () => new Response(text, { headers: { "content-type": "text/event-stream" } });
}

describe("a sale that is watched", () => {
  const stock = (available: number) => ({ id: "s", phase: "open", stock: { available } });

  it("is asked for where there is no stream, and after a while followed again", async () => {
    const noStream: Answer = async () => Response.json({});
    const polled: Answer = async () => Response.json(stock(5));
    const back = stream(`event: snapshot\ndata: ${JSON.stringify(stock(4))}\n\n`);
    const { client, sent } = scripted([noStream, ...Array.from({ length: 60 }, () => polled), back]);
    const seen: number[] = [];
    for await (const view of client.sales.watch("s")) {
      seen.push(view.stock.available);
      if (seen.length === 2) break;
    }
    expect(seen).toEqual([5, 4]);
    const streamed = sent.flatMap(({ url }, index) => (url.endsWith("/events") ? [index] : []));
    expect(streamed).toEqual([0, 61]);
  });
});
