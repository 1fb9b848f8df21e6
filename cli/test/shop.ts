import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import { onTestFinished } from "vitest";
import { Connection } from "../src/connection.ts";

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** `hang_up`: the connection ends without an answer. */
export type Answer =
  | {
      readonly status: number;
      readonly json?: unknown;
      /** Instead of JSON. */
      readonly text?: string;
      readonly headers?: Record<string, string>;
      readonly afterMs?: number;
    }
  | "hang_up";

/** A shop that answers as a test says; `nth` counts requests from 1. */
export async function openShop(answer: (asked: Asked, nth: number) => Answer) {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    asked.push({ method: request.method ?? "", path: request.url ?? "", headers: request.headers, body });
    const reply = answer(asked.at(-1) as Asked, asked.length);
    if (reply === "hang_up") {
      request.socket.destroy();
      return;
    }
    const { status, json, text, headers = {}, afterMs = 0 } = reply;
    setTimeout(() => {
      response.writeHead(status, { "content-type": "application/json", ...headers });
      response.end(text ?? (json === undefined ? "" : JSON.stringify(json)));
    }, afterMs);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url, asked, connect: () => connectTo(url) };
}

/** A connection that goes with the test. */
export function connectTo(url: string): Connection {
  const connection = new Connection(url);
  onTestFinished(() => connection.close());
  return connection;
}

/** The answer to a checkout that was taken. */
export function accepted(id: string): Answer {
  return { status: 202, json: { id, ticket: `ticket-${id}`, status: "queued" } };
}

/** A refusal with its code; `retryAfterS` asks to come back. */
export function refused(status: number, code: string, retryAfterS?: number): Answer {
  const headers = retryAfterS === undefined ? {} : { "retry-after": String(retryAfterS) };
  return { status, json: { code, status }, headers };
}
