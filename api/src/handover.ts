import type http from "node:http";
import { Socket } from "node:net";
import type { Duplex } from "node:stream";

/** The path of a stream of events as Express takes it: in any case, with or without a slash at its end. */
const EVENTS = /^[^?]*\/events\/?(?:\?|$)/i;
/** Headers after which more of the request follows, or HTTP has something to say first. */
const MORE_TO_COME = ["content-length", "transfer-encoding", "expect"] as const;

/** Responses that have their connection to themselves: it ends with them. */
const handed = new WeakSet<http.ServerResponse>();

/**
 * A stream of events outlasts its request, but for as long as an answer is under way Node keeps all that HTTP needs:
 * parser, request, response and a dozen listeners, most of what a stream weighs. So whoever asks for one leaves HTTP by
 * the door that is there for WebSockets: the server frees its parser, the app answers as it answers everybody, and a
 * stream that has begun lets go of request and response.
 *
 * ```
 *   GET …/events, a head and nothing more ──▶ handed over ──▶ the app ──┬─▶ takeConnection: a socket is all that is left
 *   any other request ──▶ HTTP                                          └─▶ an answer, and the connection ends with it
 * ```
 *
 * `requests` is the prototype of the server's requests, `Response` the class of its responses.
 */
export function handOverStreams(server: http.Server, requests: object, Response: typeof http.ServerResponse): void {
  // Node asks a request whether it leaves when its head is read. What a client would upgrade to is not spoken here.
  Object.defineProperty(requests, "upgrade", {
    configurable: true,
    get(this: http.IncomingMessage): boolean {
      return this.method === "CONNECT" || asksForStream(this);
    },
    set: () => undefined,
  });
  server.on("upgrade", (request: http.IncomingMessage, connection: Duplex) => {
    const response = new Response(request);
    if (assign(connection, response)) server.emit("request", request, response);
    else connection.destroy();
  });
}

/**
 * Writes the head and lets go of request and response: what is left is the connection, for the body. Null where HTTP
 * goes on on it.
 */
export function takeConnection(response: http.ServerResponse): Socket | null {
  const { socket } = response;
  if (!socket || !handed.has(response)) return null;
  response.flushHeaders();
  response.detachSocket(socket);
  return socket;
}

function asksForStream(request: http.IncomingMessage): boolean {
  if (request.method !== "GET" || !EVENTS.test(request.url ?? "")) return false;
  const { headers } = request;
  return headers.host !== undefined && MORE_TO_COME.every((name) => headers[name] === undefined);
}

/** False where the answer to a former request is still under way: it cannot be finished, its parser is gone. */
function assign(connection: Duplex, response: http.ServerResponse): boolean {
  if (!(connection instanceof Socket)) return false;
  // HTTP's own listeners went with the parser. What a client says after its request is not heard.
  connection.on("error", hangUp).on("end", hangUp).on("finish", hangUp).resume();
  try {
    response.assignSocket(connection);
  } catch {
    return false;
  }
  response.shouldKeepAlive = false;
  response.once("finish", () => connection.end());
  handed.add(response);
  return true;
}

/** One function for every connection, so that none keeps what another would not need. */
function hangUp(this: Socket): void {
  this.destroy();
}
