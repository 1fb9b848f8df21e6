import http from "node:http";
import net, { type AddressInfo } from "node:net";
import type { Express } from "express";
import { handOverStreams } from "./handover.ts";

/** Bounds of a connection, each against one kind of abuse or accident. */
export interface ServerLimits {
  readonly headersTimeoutMs: number;
  readonly requestTimeoutMs: number;
  /** How often overdue requests are looked for. */
  readonly checkMs: number;
  readonly headerBytesMax: number;
  readonly keepAliveMs: number;
  readonly requestsPerSocketMax: number;
  readonly connectionsMax: number;
}

const LIMITS: ServerLimits = {
  headersTimeoutMs: 3_000,
  requestTimeoutMs: 5_000,
  checkMs: 1_000,
  headerBytesMax: 8_192,
  keepAliveMs: 30_000,
  requestsPerSocketMax: 100_000,
  connectionsMax: 20_000,
};

/**
 * An HTTP server for an Express app whose requests and responses are born with the app's prototypes. Express otherwise
 * calls Object.setPrototypeOf on every one of them, which costs half of its speed. Streams of events leave it. `limits`
 * replaces bounds, for tests.
 */
export function createServer(app: Express, limits: Partial<ServerLimits> = {}): http.Server {
  const bounds = { ...LIMITS, ...limits };
  function MatchingRequest(this: http.IncomingMessage, socket: never) {
    Reflect.apply(http.IncomingMessage, this, [socket]);
  }
  function MatchingResponse(this: http.ServerResponse, request: never, options: never) {
    Reflect.apply(http.ServerResponse, this, [request, options]);
  }
  MatchingRequest.prototype = app.request;
  MatchingResponse.prototype = app.response;
  const ServerResponse = MatchingResponse as unknown as typeof http.ServerResponse;

  const server = http.createServer(
    {
      IncomingMessage: MatchingRequest as unknown as typeof http.IncomingMessage,
      ServerResponse,
      headersTimeout: bounds.headersTimeoutMs,
      requestTimeout: bounds.requestTimeoutMs,
      connectionsCheckingInterval: bounds.checkMs,
      maxHeaderSize: bounds.headerBytesMax,
      keepAliveTimeout: bounds.keepAliveMs,
      noDelay: true,
    },
    app,
  );
  server.maxRequestsPerSocket = bounds.requestsPerSocketMax;
  server.maxConnections = bounds.connectionsMax;
  handOverStreams(server, app.request, ServerResponse);
  return server;
}

/** Listens, and resolves to the URL. Rejects with a message that names the port and the fix. */
export async function listen(server: http.Server, host: string, port: number): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const taken = error.code === "EADDRINUSE";
      reject(taken ? new Error(`port ${port} on ${host} is taken: choose another with PORT or --port`) : error);
    });
    server.listen(port, host, resolve);
  });
  const address = server.address() as AddressInfo;
  return `http://${address.family === "IPv6" ? `[${address.address}]` : address.address}:${address.port}`;
}

/** How often a server that closes looks at its connections. */
const LOOK_MS = 50;

/**
 * Gives clients time to leave of their own accord, which those do who are answered `Connection: close` or who watch the
 * readiness: a connection that is closed from this side, or a request that waits to be accepted, may be cut off in the
 * very moment in which it is used. Resolves when nobody is connected any more, or after `timeoutMs`.
 */
export async function emptied(server: http.Server, timeoutMs: number): Promise<void> {
  await new Promise<void>((resolve) => {
    const done = () => {
      clearInterval(look);
      clearTimeout(timer);
      resolve();
    };
    const look = setInterval(() => server.getConnections((_, connections) => connections === 0 && done()), LOOK_MS);
    const timer = setTimeout(done, timeoutMs);
  });
}

/**
 * Accepts nothing new, lets the requests under way finish, and resolves when the last connection is gone. A client that
 * keeps its connection after its last answer does not keep the server.
 */
export async function close(server: http.Server): Promise<void> {
  // http.Server's own close also ends the watch over overdue requests: who connects and says nothing would stay for ever.
  const closed = new Promise<void>((resolve) => net.Server.prototype.close.call(server, () => resolve()));
  server.closeIdleConnections();
  const idle = setInterval(() => server.closeIdleConnections(), LOOK_MS);
  await closed;
  clearInterval(idle);
}
