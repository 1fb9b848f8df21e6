import { grouped } from "../numbers.ts";
import { type Finding, fault, warning } from "./finding.ts";

const NODE_MIN = [20, 11] as const;
/** Older ones get no security fixes any more. */
const NODE_MAINTAINED = 22;

/** `version` as Node tells it: `24.1.0`. */
export function judgeNode(version: string): Finding[] {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [majorMin, minorMin] = NODE_MIN;
  if (major < majorMin || (major === majorMin && minor < minorMin)) {
    return [fault(`Node ${version} is too old`, `install Node ${majorMin}.${minorMin} or newer, best 24`)];
  }
  if (major < NODE_MAINTAINED) return [warning(`Node ${version} is no longer maintained`, "install Node 24")];
  return [];
}

const FILES_MIN = 1_024;
/** Files that an api has open beside its streams: shoppers' connections, stores, logs. */
const FILES_BESIDE = 1_000;

/** `files`: how many this system lets a process have open; `streamsMax`: the streams an api keeps open. */
export function judgeFiles(files: number, streamsMax: number): Finding[] {
  const wanted = streamsMax + FILES_BESIDE;
  const raise = `raise it before the processes start: ulimit -n ${wanted}, or LimitNOFILE=${wanted} of the unit`;
  if (files < FILES_MIN) return [fault(`a process may have only ${grouped(files)} files open`, raise)];
  if (files >= wanted) return [];
  const what = `a process may have ${grouped(files)} files open, fewer than STREAMS_MAX=${streamsMax} needs`;
  return [warning(what, `${raise}; or lower STREAMS_MAX`)];
}

const GB = 1_000_000_000;
const DISK_MIN = 1 * GB;
const DISK_AMPLE = 5 * GB;

/** Free bytes where `folder` is. */
export function judgeDisk(freeBytes: number, folder: string): Finding[] {
  const what = `${(freeBytes / GB).toFixed(1)} GB are free where ${folder} is`;
  const fix = `free ${DISK_AMPLE / GB} GB there, or choose another folder with --data`;
  if (freeBytes < DISK_MIN) return [fault(`only ${what}: Redis stops when it cannot write`, fix)];
  return freeBytes < DISK_AMPLE ? [warning(what, fix)] : [];
}
