import type http from "node:http";
import { close, emptied } from "./server.ts";
import type { Streams } from "./streams.ts";
import type { Verdicts } from "./verdicts.ts";

/** What an api ends with: each part knows how to. */
export interface DrainParts {
  readonly ops: { setReady(ready: boolean): void; close(): Promise<void> };
  readonly queues: { close(): Promise<void> };
  readonly life: { stopping: boolean };
  readonly streams: Streams;
  readonly verdicts: Verdicts;
  readonly server: http.Server;
  readonly follower: { stop(): Promise<void> };
  readonly queue: { close(): Promise<void> };
  readonly events: { close(): void };
  readonly gate: { close(): void };
  readonly pool: { end(): Promise<void> };
  readonly tracing: { close(): Promise<void> } | null;
}

/** Of the time that a stopping api has, how long it goes on serving whoever still comes: balancers and kept connections leave first. */
const LEAVE_MS_MAX = 1_000;

/** What a stopping api does, in order: who comes is sent away, who waits is answered, then what they were served with ends. */
export function drainSteps(parts: DrainParts) {
  const { ops, queues, life, streams, verdicts, server, follower, queue, events, gate, pool, tracing } = parts;
  const unready = () => {
    life.stopping = true;
    ops.setReady(false);
    streams.close();
    verdicts.close();
  };
  return [
    { name: "unready", run: unready },
    { name: "leave", run: () => emptied(server, LEAVE_MS_MAX) },
    { name: "requests", run: () => close(server) },
    { name: "sale board", run: () => follower.stop() },
    { name: "queue", run: () => queue.close() },
    { name: "feed", run: () => events.close() },
    { name: "gate", run: () => gate.close() },
    { name: "ledger", run: () => pool.end() },
    { name: "traces", run: () => tracing?.close() },
    { name: "ops", run: () => ops.close() },
    { name: "queues looked at", run: () => queues.close() },
  ];
}
