/** Servers outlive a supervisor that is killed where no death signal reaches them; the next start ends them. */
import { readFileSync } from "node:fs";
import { LocalServicesError } from "./local-services-error.ts";
import { log } from "./log.ts";
import { hasArgument, signalProcess, waitUntilGone } from "./processes.ts";

const STOP_TIMEOUT_MS = 15_000;
const KILL_TIMEOUT_MS = 5_000;

export interface Leftover {
  /** Written by the server itself; its first line is the pid. */
  readonly pidFile: string;
  /** An argument that only a server of our own data folder was started with. */
  readonly argument: string;
  readonly stopSignal: NodeJS.Signals;
}

/** Ends the server that the pid file names, if it lives and its command line shows that it is ours. */
export async function endLeftover({ pidFile, argument, stopSignal }: Leftover): Promise<void> {
  const pid = pidIn(pidFile);
  if (pid === undefined) return;
  const isGone = async () => !(await hasArgument(pid, argument));
  if (await isGone()) return;
  log(`ending pid ${pid}, which a killed run left behind`);
  signalProcess(pid, stopSignal);
  if (await waitUntilGone(isGone, STOP_TIMEOUT_MS)) return;
  signalProcess(pid, "SIGKILL");
  if (await waitUntilGone(isGone, KILL_TIMEOUT_MS)) return;
  throw new LocalServicesError(`Pid ${pid}, left behind by a killed run on ${argument}, does not end: end it by hand.`);
}

function pidIn(file: string): number | undefined {
  try {
    return Number.parseInt(readFileSync(file, "utf8"), 10) || undefined;
  } catch {
    return undefined;
  }
}
