/** `up.json`: where a running instance is found by other terminals. Private to its owner, and gone when it stops. */
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { Child } from "./child.ts";
import { commandOf } from "./process-command.ts";

const STATE = z.object({
  pid: z.int().positive(),
  started_at: z.string(),
  api_urls: z.array(z.string()),
  ops_urls: z.record(z.string(), z.array(z.string())),
  pids: z.record(z.string(), z.array(z.int())),
});

/** A running instance: its supervisor's pid, the apis that are ready, and the pids of its processes by service. */
export type UpState = z.infer<typeof STATE>;

/** The state of these children, under the supervisor `pid`. */
export function upStateOf(children: readonly Child[], pid: number, startedAt: string): UpState {
  const services = new Set(children.map(({ plan }) => plan.service));
  const byService = <Value>(read: (child: Child) => Value | undefined) =>
    Object.fromEntries(
      [...services].map((service) => [
        service,
        children.filter(({ plan }) => plan.service === service).flatMap((child) => read(child) ?? []),
      ]),
    );
  return {
    pid,
    started_at: startedAt,
    api_urls: children.flatMap((child) => child.addresses?.url ?? []),
    ops_urls: byService((child) => child.addresses?.opsUrl),
    pids: byService((child) => child.pid),
  };
}

export function upFile(dataDir: string): string {
  return join(dataDir, "up.json");
}

/** The instance that runs on `dataDir` now; undefined where none does, whatever an earlier one left behind. */
export function readUpState(dataDir: string): UpState | undefined {
  const state = parse(dataDir);
  return state && isSupervisor(state.pid) ? state : undefined;
}

/** Replaces `up.json`; it is never half written. */
export function writeUpState(dataDir: string, state: UpState): void {
  const draft = `${upFile(dataDir)}.${state.pid}`;
  writeFileSync(draft, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
  renameSync(draft, upFile(dataDir));
}

/** Removes `up.json` if it is the one of `pid`. */
export function removeUpState(dataDir: string, pid: number): void {
  if (parse(dataDir)?.pid === pid) rmSync(upFile(dataDir), { force: true });
}

function parse(dataDir: string): UpState | undefined {
  try {
    return STATE.safeParse(JSON.parse(readFileSync(upFile(dataDir), "utf8"))).data;
  } catch {
    return undefined;
  }
}

/** The number alone may have gone to another process since; a pid of our own is from before this container restarted. */
function isSupervisor(pid: number): boolean {
  return pid !== process.pid && /flashgate.*\sup(\s|$)/.test(commandOf(pid));
}
