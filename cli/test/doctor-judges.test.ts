import { describe, expect, it } from "vitest";
import type { Finding } from "../src/doctor/finding.ts";
import { judgeBuild } from "../src/doctor/judge-build.ts";
import { judgeDisk, judgeFiles, judgeNode } from "../src/doctor/judge-machine.ts";
import {
  judgeClock,
  judgeConnections,
  judgePostgresVersion,
  judgeRole,
  judgeSchema,
} from "../src/doctor/judge-postgres.ts";
import {
  judgeGateUser,
  judgeMemory,
  judgePersistence,
  judgeQueueUser,
  judgeRedisVersion,
  judgeReplica,
} from "../src/doctor/judge-redis.ts";
import { bitsOf, judgeSecrets, judgeSettings } from "../src/doctor/judge-settings.ts";

/** Findings in short: `fault: what → fix`. */
const told = (findings: readonly Finding[]) => findings.map(({ level, what, fix }) => `${level}: ${what} → ${fix}`);
const one = (findings: readonly Finding[]) => {
  expect(findings).toHaveLength(1);
  return told(findings)[0];
};

describe("this machine", () => {
  it("needs a Node that is new enough, and best one that is maintained", () => {
    expect(judgeNode("24.1.0")).toEqual([]);
    expect(one(judgeNode("20.11.0"))).toBe("warning: Node 20.11.0 is no longer maintained → install Node 24");
    for (const old of ["20.10.9", "18.20.0"]) {
      expect(one(judgeNode(old))).toBe(`fault: Node ${old} is too old → install Node 20.11 or newer, best 24`);
    }
  });

  it("lets a process have as many files open as its streams need", () => {
    expect(judgeFiles(11_000, 10_000)).toEqual([]);
    expect(judgeFiles(Number.POSITIVE_INFINITY, 15_000)).toEqual([]);
    expect(one(judgeFiles(10_999, 10_000))).toMatch(
      /^warning: .*10,999 files open.*STREAMS_MAX=10000.*ulimit -n 11000/,
    );
    expect(one(judgeFiles(1_023, 10_000))).toMatch(
      /^fault: a process may have only 1,023 files open → .*ulimit -n 11000/,
    );
  });

  it("has room on its disk", () => {
    expect(judgeDisk(5e9, ".data")).toEqual([]);
    expect(one(judgeDisk(4.94e9, ".data"))).toMatch(/^warning: 4.9 GB are free where .data is → free 5 GB there/);
    expect(one(judgeDisk(0.9e9, ".data"))).toMatch(/^fault: only 0.9 GB .* Redis stops when it cannot write/);
  });

  it("runs what was compiled from its sources", () => {
    expect(judgeBuild([{ room: "core", changedMs: 1, compiledMs: 1 }])).toEqual([]);
    const rooms = [
      { room: "api", changedMs: 1, compiledMs: null },
      { room: "core", changedMs: 2, compiledMs: 1 },
      { room: "redis", changedMs: 2, compiledMs: 1 },
    ];
    expect(told(judgeBuild(rooms))).toEqual([
      "fault: api was never compiled → run: npm run build",
      "fault: what runs is older than the sources of core, redis → run: npm run build",
    ]);
  });
});

describe("the settings", () => {
  it("are told one by one as the process refuses them", () => {
    const refusal = `the api's environment is not usable:
✖ Invalid input: expected string, received undefined
  → at DATABASE_URL
✖ must have at least 32 bytes: make one with "openssl rand -hex 32"
  → at TICKET_SECRET`;
    expect(told(judgeSettings("api", refusal))).toEqual([
      'fault: the api needs DATABASE_URL, which is not set → set DATABASE_URL, or start "flashgate up" and name its folder with --data',
      'fault: TICKET_SECRET of the api is not usable → TICKET_SECRET must have at least 32 bytes: make one with "openssl rand -hex 32"',
    ]);
  });

  it("are told as a whole where the process says so", () => {
    const refusal = 'OPS_TOKEN must have at least 32 visible ASCII characters: make one with "openssl rand -hex 32"';
    expect(one(judgeSettings("worker", refusal))).toBe(
      'fault: the worker does not start: OPS_TOKEN must have at least 32 visible ASCII characters → make one with "openssl rand -hex 32"',
    );
  });
});

describe("secrets", () => {
  const random = "kJ3vQ9xP0sLw7Zt2yBn5Rc8HfGd1MaEu";

  it("are hard to guess", () => {
    expect(judgeSecrets({ TICKET_SECRET: random, OPS_TOKEN: "9f86d081884c7d659a2feaa0c55ad015" })).toEqual([]);
    for (const weak of ["s".repeat(64), "change-me-".repeat(5), "abcabcabc".repeat(9), "1".repeat(32)]) {
      expect(one(judgeSecrets({ TICKET_SECRET: weak }))).toMatch(/^fault: TICKET_SECRET can be guessed → make one/);
    }
  });

  it("are not what somebody wrote into an example", () => {
    const placeholder = "please-replace-this-secret-before-you-go-live";
    expect(one(judgeSecrets({ JWT_SECRET: placeholder }))).toMatch(/^warning: JWT_SECRET looks like a placeholder/);
  });

  it("serve one purpose each", () => {
    expect(one(judgeSecrets({ TICKET_SECRET: random, OPS_TOKEN: random }))).toMatch(
      /^fault: OPS_TOKEN is the same as TICKET_SECRET/,
    );
  });

  it("have as many bits as are to be guessed", () => {
    expect(bitsOf("")).toBe(0);
    expect(bitsOf("aaaa")).toBe(0);
    expect(bitsOf("abab")).toBe(2);
    expect(bitsOf("abcd")).toBe(8);
  });
});

describe("Postgres", () => {
  it("is new enough", () => {
    expect(judgePostgresVersion({ version: "14.0", versionNumber: 140_000 })).toEqual([]);
    expect(one(judgePostgresVersion({ version: "13.9", versionNumber: 130_009 }))).toMatch(
      /^fault: PostgreSQL 13.9 is too old → upgrade it to 14/,
    );
  });

  it("has the schema of this version", () => {
    expect(judgeSchema({ missing: [], pending: 0 })).toEqual([]);
    expect(judgeSchema({ missing: [], pending: null })).toEqual([]);
    expect(one(judgeSchema({ missing: [], pending: 2 }))).toMatch(/^fault: 2 migrations .* → run "flashgate migrate"/);
    expect(one(judgeSchema({ missing: ["a", "b", "c", "d", "e"], pending: 5 }))).toMatch(
      /^fault: the ledger lacks a, b, c and 2 more → run "flashgate migrate"/,
    );
  });

  it("knows the processes as a role that changes rows and no table", () => {
    const role = { role: "flashgate_process", powers: [], lacking: [] };
    expect(judgeRole(role)).toEqual([]);
    const powers = ["is a superuser", "owns tables of the ledger"];
    expect(one(judgeRole({ ...role, role: "postgres", powers }))).toMatch(
      /^fault: the role postgres is a superuser, owns tables of the ledger: .* → run "flashgate migrate --role"/,
    );
    expect(one(judgeRole({ ...role, lacking: ["INSERT on sales"] }))).toMatch(/may not INSERT on sales → run/);
  });

  it("gives as many connections as all pools may want", () => {
    const pools = [
      { service: "api", processes: 4, connections: 5 },
      { service: "worker", processes: 10, connections: 6 },
    ];
    expect(judgeConnections(83, pools)).toEqual([]);
    expect(one(judgeConnections(82, pools))).toMatch(
      /^fault: the pools may want 83 connections \(4 api × 5, 10 worker × 6, 3 for commands\), and Postgres gives ordinary roles 82 → raise max_connections/,
    );
  });

  it("reads about the same time as this machine, as far as a round trip tells", () => {
    expect(judgeClock("Postgres", { aheadMs: -250, roundTripMs: 0 })).toEqual([]);
    expect(judgeClock("Postgres", { aheadMs: 600, roundTripMs: 800 })).toEqual([]);
    expect(one(judgeClock("Postgres", { aheadMs: 300, roundTripMs: 2 }))).toMatch(
      /^warning: the clock of Postgres is 0.3 s ahead of this machine's → let both follow the same time servers/,
    );
    expect(one(judgeClock("Redis", { aheadMs: -600_000, roundTripMs: 2 }))).toMatch(
      /^fault: the clock of Redis is 600.0 s behind this machine's/,
    );
  });
});

describe("Redis", () => {
  it("is new enough, and takes writes", () => {
    expect([...judgeRedisVersion("7.0.15"), ...judgeRedisVersion("8.1"), ...judgeReplica(false)]).toEqual([]);
    expect(one(judgeRedisVersion("6.2.14"))).toMatch(/^fault: Redis 6.2.14 is too old.* → upgrade it to 7/);
    expect(one(judgeReplica(true))).toMatch(/^fault: .* is a replica.* → name the primary in REDIS_URL/);
  });

  it("drops nothing, and has memory left", () => {
    const memory = { policy: "noeviction", memoryBytesMax: 0, memoryBytes: 1e9 };
    expect(judgeMemory(memory)).toEqual([]);
    expect(one(judgeMemory({ ...memory, policy: "allkeys-lru" }))).toMatch(
      /^fault: maxmemory-policy is allkeys-lru.* → set maxmemory-policy noeviction/,
    );
    const bounded = { ...memory, memoryBytesMax: 1_000 };
    expect(judgeMemory({ ...bounded, memoryBytes: 800 })).toEqual([]);
    expect(one(judgeMemory({ ...bounded, memoryBytes: 801 }))).toMatch(
      /^warning: Redis uses 80 % .* → raise maxmemory/,
    );
    expect(one(judgeMemory({ ...bounded, memoryBytes: 960 }))).toMatch(/^fault: Redis uses 96 %/);
  });

  it("has every hold on its disk before it says so", () => {
    const aof = { enabled: true, fsync: "always", failed: [] };
    expect(judgePersistence(aof)).toEqual([]);
    expect(one(judgePersistence({ ...aof, enabled: false }))).toMatch(
      /^fault: appendonly is off.* → set appendonly yes/,
    );
    expect(one(judgePersistence({ ...aof, fsync: "everysec" }))).toMatch(
      /^fault: appendfsync is everysec.* → set appendfsync always/,
    );
    expect(one(judgePersistence({ ...aof, fsync: null }))).toMatch(/^warning: .*may not see.* → set REDIS_ADMIN_URL/);
    expect(one(judgePersistence({ ...aof, failed: ["aof_last_write_status"] }))).toMatch(
      /^fault: .*aof_last_write_status:err.* → look at Redis's log/,
    );
  });

  const none = { readsGates: false, runsScripts: false, loadsScripts: false, usesQueue: false, administers: false };
  const gate = { ...none, readsGates: true, runsScripts: true };
  const opener = { ...gate, loadsScripts: true };
  const queue = { ...none, usesQueue: true };
  const anybody = { ...opener, ...queue, usesQueue: true, administers: true };

  it("knows each process as a user of its own", () => {
    expect([...judgeGateUser(["api", "worker"], gate), ...judgeGateUser(["scheduler"], opener)]).toEqual([]);
    expect(judgeQueueUser(["api", "worker", "scheduler"], queue)).toEqual([]);
    expect(one(judgeGateUser(["api"], anybody))).toMatch(
      /^fault: REDIS_URL of api is of a user who may do anything to Redis → .*redis-users.*name flashgate_gate/,
    );
    expect(one(judgeGateUser(["worker"], opener))).toMatch(/may load scripts, and so open gates → .*flashgate_gate/);
    expect(one(judgeGateUser(["scheduler"], gate))).toMatch(/may not load scripts.* → .*name flashgate_opener in it/);
    expect(one(judgeGateUser(["api", "scheduler"], opener))).toMatch(/may load scripts.* → .*--process/);
    expect(one(judgeGateUser(["api"], queue))).toMatch(/may not read gates, run scripts/);
    expect(one(judgeQueueUser(["api"], gate))).toMatch(
      /may not use the queue → .*name flashgate_queue in REDIS_QUEUE_URL/,
    );
    expect(one(judgeQueueUser(["api"], anybody))).toMatch(/may do anything to Redis/);
    expect(one(judgeQueueUser(["api"], { ...queue, readsGates: true }))).toMatch(/reaches gates too/);
  });
});
