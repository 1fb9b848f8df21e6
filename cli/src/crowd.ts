import { setTimeout as delay } from "node:timers/promises";
import type { Clock } from "@flashgate/core";
import type { Connection } from "./connection.ts";
import { type Errand, goShopping } from "./shopper.ts";
import type { Tally } from "./tally.ts";

export interface CrowdPlan {
  /** Prefix of the shoppers' user ids: no two crowds share a shopper. */
  readonly name: string;
  readonly errand: Errand;
  /** Shoppers that arrive each second, answered or not (open loop); null: each connection's next one when the last was answered. */
  readonly ratePerS: number | null;
  readonly durationMsMax: number;
}

export interface CrowdParts {
  readonly connections: readonly Connection[];
  readonly tally: Tally;
  readonly clock: Clock;
}

/**
 * Sends shopper after shopper until one is turned away on every connection, or the time is up. In the open loop the
 * shoppers have appointments: the first free connection takes the next one and, when it is late, the delay counts as
 * the shopper's.
 */
export async function runCrowd(plan: CrowdPlan, { connections, tally, clock }: CrowdParts): Promise<void> {
  const startedMs = clock.nowMs();
  const overAtMs = startedMs + plan.durationMsMax;
  let shoppers = 0;

  const appointmentOf = (shopper: number) =>
    plan.ratePerS === null ? clock.nowMs() : startedMs + (shopper * 1_000) / plan.ratePerS;

  const serve = async (connection: Connection) => {
    for (;;) {
      const shopper = shoppers;
      shoppers += 1;
      const sinceMs = appointmentOf(shopper);
      await reach(Math.min(sinceMs, overAtMs), clock);
      if (sinceMs >= overAtMs || clock.nowMs() >= overAtMs) return;
      const parts = { tally, clock, overAtMs };
      const outcome = await goShopping(`${plan.name}-${shopper}`, plan.errand, connection, parts, sinceMs);
      // Whoever is new and takes anything is turned away by the sale, so the next one would be too.
      if (outcome !== "served") return;
    }
  };
  await Promise.all(connections.map(serve));
}

/** Waits for a moment; one that has passed takes no time. */
async function reach(atMs: number, clock: Clock): Promise<void> {
  const waitMs = atMs - clock.nowMs();
  if (waitMs > 0) await delay(Math.ceil(waitMs));
}
