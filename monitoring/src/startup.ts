import { setTimeout as pause } from "node:timers/promises";
import type { Clock } from "@flashgate/core";
import { briefOf } from "./error-fields.ts";
import type { LogLines } from "./log-lines.ts";

/** What no process starts without, and the setting to look at where it does not answer. */
const SETTINGS = { postgres: "DATABASE_URL", redis: "REDIS_URL", queue: "REDIS_QUEUE_URL" } as const;

/** How each is asked whether it is there: rejects, within a bound of its own, where it is not. */
export type StoreChecks = Readonly<Record<keyof typeof SETTINGS, () => Promise<void>>>;

export interface StartupParts {
  readonly clock: Clock;
  readonly lines: LogLines;
  /** How long all of them together are waited for. */
  readonly boundMs: number;
  readonly pauseMs?: number;
}

const PAUSE_MS = 500;
/** How often the log says that it still waits. */
const TELL_MS = 10_000;
/** What no waiting mends: credentials, rights, a database that is not there, an address that cannot be read. */
const REFUSALS = /^(?:28|3D|42)\w{3}:|^ERR_INVALID_URL\b|\b(?:WRONGPASS|NOAUTH|NOPERM)\b/;

/** Waits until each of the stores answers, and says so. Rejects after the bound, and at once where waiting is in vain. */
export async function awaitStores(checks: StoreChecks, parts: StartupParts): Promise<void> {
  const untilMs = parts.clock.nowMs() + parts.boundMs;
  for (const name of Object.keys(SETTINGS) as (keyof StoreChecks)[])
    await awaitStore(name, checks[name], untilMs, parts);
}

async function awaitStore(
  name: keyof StoreChecks,
  check: () => Promise<void>,
  untilMs: number,
  { clock, lines, boundMs, pauseMs = PAUSE_MS }: StartupParts,
): Promise<void> {
  const startedMs = clock.nowMs();
  let toldMs: number | null = null;
  for (;;) {
    const fault = await faultOf(check);
    const nowMs = clock.nowMs();
    if (fault === null) {
      if (toldMs !== null) lines.waitedFor(name, nowMs - startedMs);
      return;
    }
    const brief = briefOf(fault);
    if (REFUSALS.test(brief)) throw new Error(`${name} refuses: ${brief}. Look at ${SETTINGS[name]}.`);
    if (nowMs >= untilMs) {
      const bound = `did not answer within ${boundMs / 1_000} s`;
      throw new Error(`${name} ${bound}: ${brief}. Start it, or look at ${SETTINGS[name]}.`);
    }
    if (toldMs === null || nowMs - toldMs >= TELL_MS) {
      lines.waitingFor(name, untilMs - nowMs, fault);
      toldMs = nowMs;
    }
    await pause(Math.min(pauseMs, untilMs - nowMs));
  }
}

async function faultOf(check: () => Promise<void>): Promise<Error | null> {
  try {
    await check();
    return null;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
