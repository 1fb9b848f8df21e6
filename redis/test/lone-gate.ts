import { startTestServices, type TestRedis } from "@flashgate/local/testing";
import type { Redis } from "ioredis";
import { connect, ready } from "../src/connection.ts";
import { openGate, type RedisGate } from "../src/gate.ts";
import { impatientClock } from "./shop.ts";

/** A gate on a Redis of its own, and a connection with which tests look at and meddle with that. */
export interface LoneGate {
  readonly server: TestRedis;
  readonly control: Redis;
  readonly gate: RedisGate;
  readonly stop: () => Promise<void>;
}

/** `backlogMax`: holds at most. Nothing is left running where it fails. */
export async function startLoneGate(backlogMax: number): Promise<LoneGate> {
  const server = await startTestServices({ redisOnly: true });
  const control = connect(server.redisUrl, "test-control", "wait");
  try {
    await ready(control);
    const gate = await openGate({ url: server.redisUrl, name: "test", clock: impatientClock(), backlogMax });
    const stop = async () => {
      gate.close();
      control.disconnect();
      await server.stop();
    };
    return { server, control, gate, stop };
  } catch (error) {
    control.disconnect();
    await server.stop();
    throw error;
  }
}
