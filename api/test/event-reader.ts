import http from "node:http";
import { expect } from "vitest";
import { eventFaultOf, faultOf } from "./conformance.ts";

export interface ReadEvent {
  readonly event: string;
  readonly id: string;
  // biome-ignore lint/suspicious/noExplicitAny: what a test expects of an event says its type
  readonly data: any;
}

/** A client of one stream of server-sent events. */
export interface EventReader {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  /** Everything received so far. */
  readonly text: () => string;
  readonly events: () => ReadEvent[];
  /** The events, once there are so many. */
  readonly until: (count: number) => Promise<ReadEvent[]>;
  readonly ended: Promise<void>;
  readonly leave: () => void;
}

/** Connects; resolves with the head of the answer. */
export function follow(url: string, path: string, headers: Record<string, string> = {}): Promise<EventReader> {
  return new Promise((resolve, reject) => {
    const request = http.get(`${url}${path}`, { headers, agent: false }, (response) => {
      let received = "";
      response.setEncoding("utf8").on("data", (chunk: string) => {
        received += chunk;
      });
      const ended = new Promise<void>((done) => response.once("close", () => done()));
      response.on("error", () => undefined);
      const events = () => parse(received);
      const fault = faultOf("GET", path, { status: response.statusCode ?? 0, headers: response.headers, body: "" });
      // A refusal's body has not come yet.
      if (fault && response.statusCode === 200) return reject(new Error(fault));
      resolve({
        status: response.statusCode ?? 0,
        headers: response.headers,
        text: () => received,
        events,
        until: async (count) => {
          await expect.poll(() => events().length, { timeout: 10_000 }).toBeGreaterThanOrEqual(count);
          for (const { event, data } of events()) expect(eventFaultOf(path, event, data)).toBeNull();
          return events();
        },
        ended,
        leave: () => void request.destroy(),
      });
    });
    request.on("error", reject);
  });
}

function parse(text: string): ReadEvent[] {
  return text.split("\n\n").flatMap((block) => {
    const field = (name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(block)?.[1];
    const [event, id, data] = [field("event"), field("id"), field("data")];
    return event && id && data ? [{ event, id, data: JSON.parse(data) }] : [];
  });
}
