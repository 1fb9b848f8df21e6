import net from "node:net";

/** Something that no client library would send, and how the server may end it. */
export interface WireAttack {
  readonly name: string;
  /** Parts in turn; a number is a pause in milliseconds. */
  readonly parts: readonly (string | Buffer | number)[];
  /** Statuses that may be answered, in any number and order; an empty list: hung up without an answer is right too. */
  readonly statuses: readonly number[];
  /** It is an answer too to say nothing and hang up. */
  readonly mayHangUp?: boolean;
}

const PATIENCE_MS = 12_000;

const BODY = '{"items":[{"item_id":"any","quantity":1}]}';
const CHUNKED = `${BODY.length.toString(16)}\r\n${BODY}\r\n0\r\n\r\n`;
const CLOSE = "Connection: close";
const BAD = [400];

/** A checkout with these headers, and this text behind them. */
type Post = (headers: string, text: string) => string;

/** Requests that two servers in a row could understand differently, slow ones, and what is not HTTP. */
export function wireAttacks(saleId: string): readonly WireAttack[] {
  const post: Post = (headers, text) =>
    `POST /v1/sales/${saleId}/checkouts HTTP/1.1\r\nHost: shop\r\nX-User-Id: wire\r\nContent-Type: application/json\r\n${headers}\r\n\r\n${text}`;
  return [...twoLengths(post), ...slow(post), ...odd(post), ...foreign()];
}

/** Where does the body end? Whoever answers that otherwise than the next server smuggles a request past it. */
function twoLengths(post: Post): readonly WireAttack[] {
  const smuggled = `GET /v1/sales/current HTTP/1.1\r\nHost: shop\r\n${CLOSE}\r\n\r\n`;
  return [
    {
      name: "both lengths",
      parts: [post(`Content-Length: ${BODY.length}\r\nTransfer-Encoding: chunked\r\n${CLOSE}`, CHUNKED)],
      statuses: BAD,
    },
    {
      name: "two content lengths",
      parts: [post(`Content-Length: ${BODY.length}\r\nContent-Length: 1\r\n${CLOSE}`, BODY)],
      statuses: BAD,
    },
    { name: "chunked", parts: [post(`Transfer-Encoding: chunked\r\n${CLOSE}`, CHUNKED)], statuses: BAD },
    { name: "an unknown encoding", parts: [post(`Transfer-Encoding: xchunked\r\n${CLOSE}`, CHUNKED)], statuses: BAD },
    {
      name: "an encoding with a space before its colon",
      parts: [post(`Transfer-Encoding : chunked\r\n${CLOSE}`, CHUNKED)],
      statuses: BAD,
    },
    {
      name: "a request behind too short a body",
      parts: [post("Content-Length: 2", `{}${smuggled}`)],
      statuses: [400, 200],
    },
    { name: "a negative length", parts: [post(`Content-Length: -1\r\n${CLOSE}`, BODY)], statuses: BAD },
    { name: "a length with a sign", parts: [post(`Content-Length: +${BODY.length}\r\n${CLOSE}`, BODY)], statuses: BAD },
  ];
}

function slow(post: Post): readonly WireAttack[] {
  return [
    {
      name: "headers that never end",
      parts: ["GET / HTTP/1.1\r\nHost: shop\r\n", 1_500, "X-Slow: 1\r\n", 8_000],
      statuses: [408],
      mayHangUp: true,
    },
    {
      name: "a body that never comes",
      parts: [post(`Content-Length: ${BODY.length}`, BODY.slice(0, 5)), 9_000],
      statuses: [408],
      mayHangUp: true,
    },
    { name: "silence", parts: [9_000], statuses: [408], mayHangUp: true },
    {
      name: "a client that leaves midway",
      parts: [post(`Content-Length: ${BODY.length}`, BODY.slice(0, 5))],
      statuses: [],
      mayHangUp: true,
    },
  ];
}

function odd(post: Post): readonly WireAttack[] {
  return [
    {
      name: "a folded header",
      parts: [post(`X-Folded: a\r\n b\r\nContent-Length: ${BODY.length}\r\n${CLOSE}`, BODY)],
      statuses: BAD,
    },
    {
      name: "a NUL in a header",
      parts: [post(`X-Nul: a\0b\r\nContent-Length: ${BODY.length}\r\n${CLOSE}`, BODY)],
      statuses: BAD,
    },
    {
      name: "an expectation",
      parts: [post(`Expect: 100-continue\r\nContent-Length: ${BODY.length}\r\n${CLOSE}`, BODY)],
      statuses: [100, 202, 409, 403, 503],
    },
  ];
}

function foreign(): readonly WireAttack[] {
  return [
    {
      name: "a bare line feed",
      parts: [`GET /v1/sales/current HTTP/1.1\nHost: shop\n${CLOSE}\n\n`],
      statuses: [400, 200],
      mayHangUp: true,
    },
    { name: "no host", parts: [`GET /v1/sales/current HTTP/1.1\r\n${CLOSE}\r\n\r\n`], statuses: BAD },
    {
      name: "headers of 9 KB",
      parts: [`GET / HTTP/1.1\r\nHost: shop\r\nX-Long: ${"x".repeat(9_000)}\r\n${CLOSE}\r\n\r\n`],
      statuses: [431],
    },
    {
      name: "a path of 9 KB",
      parts: [`GET /${"x".repeat(9_000)} HTTP/1.1\r\nHost: shop\r\n${CLOSE}\r\n\r\n`],
      statuses: [431, 414],
    },
    {
      name: "an upgrade",
      parts: [
        `GET /v1/sales/current HTTP/1.1\r\nHost: shop\r\nUpgrade: websocket\r\nConnection: Upgrade, close\r\n\r\n`,
      ],
      statuses: [200, 304, 400, 404],
      mayHangUp: true,
    },
    {
      name: "a tunnel",
      parts: [`CONNECT evil:443 HTTP/1.1\r\nHost: evil\r\n\r\n`],
      statuses: [400, 405],
      mayHangUp: true,
    },
    {
      name: "another protocol",
      parts: [Buffer.from([0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3])],
      statuses: BAD,
      mayHangUp: true,
    },
    {
      name: "HTTP/2 without being asked",
      parts: ["PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
      statuses: [400, 505],
      mayHangUp: true,
    },
  ];
}

/** Sends it, and says what was wrong with how it ended; null where nothing was. */
export async function attack(
  url: string,
  { name, parts, statuses, mayHangUp = false }: WireAttack,
): Promise<string | null> {
  const { received, open } = await converse(url, parts, statuses.length === 0);
  const told = [...received.matchAll(/^HTTP\/1\.1 (\d{3}) /gm)].map(([, status]) => Number(status));
  if (open) return `${name}: the connection was still open after ${PATIENCE_MS} ms`;
  if (told.length === 0) return mayHangUp ? null : `${name}: no answer`;
  const wrong = told.filter((status) => !statuses.includes(status));
  return wrong.length === 0 ? null : `${name}: answered ${wrong.join(", ")}, ${statuses.join(" or ")} was wanted`;
}

function converse(
  url: string,
  parts: WireAttack["parts"],
  leave: boolean,
): Promise<{ readonly received: string; readonly open: boolean }> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    let received = "";
    let timer: NodeJS.Timeout | undefined;
    const socket = net.connect(Number(port), hostname);
    const end = (open: boolean) => {
      clearTimeout(timer);
      clearTimeout(patience);
      socket.destroy();
      resolve({ received, open });
    };
    const patience = setTimeout(() => end(true), PATIENCE_MS);
    const send = ([part, ...rest]: WireAttack["parts"]): void => {
      if (part === undefined) {
        if (leave) end(false);
      } else if (typeof part === "number") timer = setTimeout(() => send(rest), part);
      else socket.write(part, () => send(rest));
    };
    socket.on("data", (chunk) => (received += chunk.toString("latin1")));
    socket.on("error", () => undefined);
    socket.on("close", () => end(false));
    socket.once("connect", () => send(parts));
  });
}
