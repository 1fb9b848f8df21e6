import type { StoreName } from "../fleet/fleet.ts";
import type { Service } from "../fleet/service-process.ts";
import type { Toxic } from "../fleet/toxic.ts";
import { Dice } from "./crowd/dice.ts";
import type { Fault } from "./fault.ts";
import type { Destruction } from "./history.ts";

/** What a siege is made of. `names`: the processes of each service. */
export interface PlanOptions {
  readonly minutes: number;
  readonly kills: number;
  readonly seed: number;
  readonly names: Readonly<Record<Service, readonly string[]>>;
}

export interface Step {
  readonly atMs: number;
  readonly fault: Fault;
}

/** Lanes run side by side; the faults of one lane come one after the other. Stores have a lane of their own. */
export interface Plan {
  readonly stores: readonly Step[];
  readonly kills: readonly Step[];
  readonly ills: readonly Step[];
}

/** What the siege promises to do at least, of each kind. */
export interface Promised {
  readonly kills: Readonly<Record<Service | StoreName, number>>;
  readonly stopsAndPartitions: number;
  readonly losses: number;
}

const LEAD_MS = 6_000;
const TAIL_MS = 6_000;
/** From so many minutes on the rare and long ones come too: Postgres away for a minute, a worker past its lock. */
const LONG_MINUTES = 10;
const LOSSES: readonly Destruction["kind"][] = ["wiped", "promoted", "older_copy", "failed_back"];

export function promisedBy({ kills }: Pick<PlanOptions, "kills">): Promised {
  const share = (part: number) => Math.ceil(kills * part - 1e-9);
  return {
    kills: {
      api: share(0.3),
      worker: share(0.3),
      scheduler: share(0.1),
      redis: share(0.2),
      postgres: share(0.1),
    },
    stopsAndPartitions: share(0.5),
    losses: share(0.1),
  };
}

/** The timetable of a siege; the same options give the same one. Throws where the faults do not fit into the minutes. */
export function planOf(options: PlanOptions): Plan {
  const dice = new Dice(options.seed);
  const promised = promisedBy(options);
  const storeIlls = Math.ceil(promised.stopsAndPartitions * 0.3);
  const processIlls = promised.stopsAndPartitions - storeIlls;
  const endMs = options.minutes * 60_000;
  return {
    stores: timetable("stores", storeFaults(options, promised, storeIlls, dice), endMs, dice),
    kills: timetable("kills", processKills(options, promised), endMs, dice),
    ills: timetable("ills", ills(options, processIlls, dice), endMs, dice),
  };
}

function storeFaults({ minutes }: PlanOptions, promised: Promised, illCount: number, dice: Dice): Fault[] {
  const long = minutes >= LONG_MINUTES;
  const rare = long ? 2 : 1;
  const kill = (target: StoreName, awayMs: number): Fault => ({ kind: "kill", target, name: target, awayMs });
  const first = dice.below(LOSSES.length);
  return [
    ...times(promised.kills.redis, () => kill("redis", dice.below(1_500))),
    // the last of them is the long absence
    ...times(promised.kills.postgres - 1, () => kill("postgres", dice.below(1_500))),
    kill("postgres", long ? 60_000 : 10_000),
    ...times(promised.losses, (index): Fault => {
      const how = LOSSES[(first + index) % LOSSES.length] ?? "wiped";
      return { kind: "loss", how, lagMs: 1_000 + dice.below(3_000) };
    }),
    ...times(illCount, (index) => storeIll(index, dice)),
    ...times(rare, (): Fault => ({ kind: "starve", of: "memory", forMs: 2_000 })),
    ...times(rare, (): Fault => ({ kind: "starve", of: "disk", forMs: 1_000 })),
    ...times(rare, (): Fault => ({ kind: "obliterate" })),
  ];
}

/** Of a store as a whole: stopped, or out of everybody's reach. */
function storeIll(index: number, dice: Dice): Fault {
  const store = index % 2 === 0 ? "redis" : "postgres";
  const forMs = 1_000 + dice.below(1_500);
  if (index % 4 < 2) return { kind: "stop", target: store, name: store, forMs };
  return { kind: "partition", name: "all", store, toxic: toxicAt(dice.below(TOXIC_KINDS), dice), forMs };
}

function processKills({ minutes, names }: PlanOptions, { kills }: Promised): Fault[] {
  const of = (target: Service) =>
    times(kills[target], (index): Fault => ({ kind: "kill", target, name: turn(names[target], index), awayMs: 0 }));
  const rolls = minutes >= LONG_MINUTES ? 3 : 1;
  return [...of("api"), ...of("worker"), ...of("scheduler"), ...times(rolls, (): Fault => ({ kind: "roll" }))];
}

/** A BullMQ lock lasts 15 s; a worker stopped for longer finds its pages in other hands. */
const PAST_LOCK_MS = 17_000;

/** Of single processes: stopped, or cut off from one store while the others are not. */
function ills({ minutes, names }: PlanOptions, count: number, dice: Dice): Fault[] {
  const services: readonly Service[] = ["worker", "api", "scheduler"];
  return times(count, (index): Fault => {
    const service = turn(services, Math.floor(index / 2));
    const name = dice.pick(names[service]);
    if (index % 2 === 0) {
      const pastLock = service === "worker" && minutes >= LONG_MINUTES && index % 12 === 0;
      return { kind: "stop", target: service, name, forMs: pastLock ? PAST_LOCK_MS : 1_000 + dice.below(4_000) };
    }
    const store = dice.below(3) < 2 ? "redis" : "postgres";
    const toxic = toxicAt(Math.floor(index / 2), dice);
    return { kind: "partition", name, store, toxic, forMs: 1_000 + dice.below(3_000) };
  });
}

const TOXIC_KINDS = 7;

function toxicAt(index: number, dice: Dice): Toxic {
  switch (index % TOXIC_KINDS) {
    case 0:
      return { kind: "timeout" };
    case 1:
      return { kind: "one_way", lost: "downstream" };
    case 2:
      return { kind: "reset_peer" };
    case 3:
      return { kind: "latency", latencyMs: 20 + dice.below(1_500), jitterMs: dice.below(500) };
    case 4:
      return { kind: "limit_data", bytes: 200 + dice.below(20_000) };
    case 5:
      return { kind: "one_way", lost: "upstream" };
    default:
      return { kind: "down" };
  }
}

/** How long a fault keeps its lane busy, what it takes to recover included. */
export function busyMs(fault: Fault): number {
  switch (fault.kind) {
    case "kill":
      return fault.awayMs + (fault.target === "redis" || fault.target === "postgres" ? 3_500 : 300);
    case "stop":
    case "partition":
      return fault.forMs + 500;
    case "loss":
      return fault.lagMs + (fault.how === "promoted" || fault.how === "failed_back" ? 9_000 : 6_000);
    case "starve":
      return fault.forMs + 3_500;
    case "obliterate":
      return 500;
    case "roll":
      return 15_000;
  }
}

/** Puts the faults on a time line, in a random order, what is left of the time spread unevenly between them. */
function timetable(lane: string, faults: readonly Fault[], endMs: number, dice: Dice): Step[] {
  const busy = faults.reduce((sum, fault) => sum + busyMs(fault), 0);
  const freeMs = endMs - LEAD_MS - TAIL_MS - busy;
  if (freeMs < 0) throw new Error(`the ${lane} lane needs ${Math.ceil(-freeMs / 1_000)} s more than the siege lasts`);
  const shares = faults.map(() => 0.5 + dice.below(1_000) / 1_000);
  const total = shares.reduce((sum, share) => sum + share, 0);
  let nowMs = LEAD_MS;
  return shuffled(faults, dice).map((fault, index): Step => {
    const atMs = Math.floor(nowMs);
    nowMs += busyMs(fault) + (freeMs * (shares[index] ?? 0)) / total;
    return { atMs, fault };
  });
}

/** In an order that nobody chose: Fisher and Yates. */
function shuffled<Value>(values: readonly Value[], dice: Dice): Value[] {
  const left = [...values];
  return values.flatMap(() => left.splice(dice.below(left.length), 1));
}

function times<Value>(count: number, make: (index: number) => Value): Value[] {
  return Array.from({ length: Math.max(0, count) }, (_, index) => make(index));
}

function turn<Value>(values: readonly Value[], index: number): Value {
  const value = values[index % values.length];
  if (value === undefined) throw new Error("there is nothing to take turns");
  return value;
}
