import { type Finding, fault, warning } from "./finding.ts";

const MAJOR_MIN = 7;

export function judgeRedisVersion(version: string): Finding[] {
  if (Number.parseInt(version, 10) >= MAJOR_MIN) return [];
  return [
    fault(
      `Redis ${version} is too old: it would keep leases over a restart`,
      `upgrade it to ${MAJOR_MIN} or newer, or Valkey`,
    ),
  ];
}

export function judgeReplica(isReplica: boolean): Finding[] {
  return isReplica ? [fault("REDIS_URL is a replica, which takes no writes", "name the primary in REDIS_URL")] : [];
}

export interface Memory {
  readonly policy: string;
  /** 0 for no bound. */
  readonly memoryBytesMax: number;
  readonly memoryBytes: number;
}

const MEMORY_SHARE_MAX = 0.95;
const MEMORY_SHARE_NOTED = 0.8;

export function judgeMemory({ policy, memoryBytesMax, memoryBytes }: Memory): Finding[] {
  const evicts =
    policy === "noeviction"
      ? []
      : [
          fault(
            `maxmemory-policy is ${policy}, which may drop holds`,
            "set maxmemory-policy noeviction in redis.conf, and now: CONFIG SET maxmemory-policy noeviction",
          ),
        ];
  const share = memoryBytesMax === 0 ? 0 : memoryBytes / memoryBytesMax;
  if (share <= MEMORY_SHARE_NOTED) return evicts;
  const what = `Redis uses ${Math.round(share * 100)} % of its maxmemory, at the end of which nobody is admitted`;
  const fix = `raise maxmemory, now ${memoryBytesMax} bytes`;
  return [...evicts, share > MEMORY_SHARE_MAX ? fault(what, fix) : warning(what, fix)];
}

export interface AppendOnlyFile {
  readonly enabled: boolean;
  /** Null where it cannot be seen. */
  readonly fsync: string | null;
  /** What of it failed last, in the words of INFO. */
  readonly failed: readonly string[];
}

export function judgePersistence({ enabled, fsync, failed }: AppendOnlyFile): Finding[] {
  if (!enabled) {
    return [
      fault(
        "appendonly is off: a restart of Redis loses every hold",
        "set appendonly yes and appendfsync always in redis.conf, and now: CONFIG SET appendonly yes",
      ),
    ];
  }
  return [
    ...fsyncFindings(fsync),
    ...failed.map((name) =>
      fault(
        `Redis could not write its append-only file (${name}:err)`,
        "look at Redis's log and at the space on its disk, then: BGREWRITEAOF",
      ),
    ),
  ];
}

function fsyncFindings(fsync: string | null): Finding[] {
  if (fsync === "always") return [];
  if (fsync === null) {
    return [
      warning(
        "this user of Redis may not see whether appendfsync is always",
        "set REDIS_ADMIN_URL to a user who may CONFIG GET, for the doctor alone",
      ),
    ];
  }
  return [
    fault(
      `appendfsync is ${fsync}: a crash of Redis's machine loses holds that were acknowledged`,
      "set appendfsync always in redis.conf, and now: CONFIG SET appendfsync always",
    ),
  ];
}

export interface Rights {
  readonly readsGates: boolean;
  readonly runsScripts: boolean;
  readonly loadsScripts: boolean;
  readonly usesQueue: boolean;
  readonly administers: boolean;
}

const USERS = 'make the users that "flashgate redis-users" prints';

/** Whether these services may share a user with these rights as the one of their gates. */
export function judgeGateUser(services: readonly string[], rights: Rights): Finding[] {
  const whose = `REDIS_URL of ${services.join(", ")}`;
  const opens = services.includes("scheduler");
  const name = opens ? "flashgate_opener" : "flashgate_gate";
  const fix =
    opens && services.length > 1
      ? `${USERS}, and name flashgate_opener in the scheduler's, flashgate_gate in the others' (then examine each with --process)`
      : `${USERS}, and name ${name} in it`;
  if (rights.administers) return [fault(`${whose} is of a user who may do anything to Redis`, fix)];
  const lacks = [
    ...(rights.readsGates ? [] : ["read gates"]),
    ...(rights.runsScripts ? [] : ["run scripts"]),
    ...(opens && !rights.loadsScripts ? ["load scripts, without which no gate opens"] : []),
  ];
  const excess = rights.loadsScripts && services.some((service) => service !== "scheduler");
  return [
    ...(lacks.length > 0 ? [fault(`${whose} is of a user who may not ${lacks.join(", ")}`, fix)] : []),
    ...(excess ? [fault(`${whose} is of a user who may load scripts, and so open gates`, fix)] : []),
  ];
}

/** The same of the queue's user. */
export function judgeQueueUser(services: readonly string[], rights: Rights): Finding[] {
  const whose = `REDIS_QUEUE_URL (else REDIS_URL) of ${services.join(", ")}`;
  const fix = `${USERS}, and name flashgate_queue in REDIS_QUEUE_URL`;
  if (!rights.usesQueue) return [fault(`${whose} is of a user who may not use the queue`, fix)];
  if (rights.administers) return [fault(`${whose} is of a user who may do anything to Redis`, fix)];
  return rights.readsGates ? [fault(`${whose} is of a user who reaches gates too`, fix)] : [];
}
