import type { Ids } from "../../application/ports/ids.ts";
import type { Telemetry } from "../../application/ports/telemetry.ts";
import type { MemoryGate } from "../memory-gate.ts";
import { MemoryLedger } from "../memory-ledger.ts";
import { type Actor, type Call, Outage } from "./actor.ts";
import { Cluster } from "./cluster.ts";
import type { Counts } from "./counts.ts";
import { type Job, Process, type Role } from "./process.ts";
import type { Random } from "./random.ts";
import type { RedisFault, Temperament } from "./temperament.ts";
import { type Chronicle, Witness } from "./witness.ts";

/** What becomes of a call. `late`: the caller gives up now, and it happens at some later step. */
export type Fate = "happen" | "fail" | "lose" | "late";

/** A call whose caller gave up, or died, and which may still arrive where it was sent. */
interface Orphan {
  readonly call: Call;
  readonly gate: MemoryGate;
  readonly incarnation: string;
}

/** Where a run begins: inside an hour, so that an hourly sale is open. Unix milliseconds. */
export const BEGIN_MS = Date.UTC(2026, 10, 27, 9, 40);

/** Calls that matter most when a whole recovery overtakes them: how much more often they are put aside. */
const OVERTAKEN: Readonly<Record<string, number>> = { settleAll: 5, settleOne: 5, entomb: 3, install: 2, lapse: 2 };

/** How long a call that was put aside waits at most. */
const ASIDE_STEPS_MAX = 120;

/** Everything one run consists of: the services, the processes, and what is under way between them. */
export class World implements Chronicle {
  readonly random: Random;
  readonly temper: Temperament;
  readonly ledger: MemoryLedger;
  readonly cluster: Cluster;
  readonly witness: Witness;
  readonly processes: Process[] = [];
  readonly actors: Actor[] = [];
  readonly orphans: Orphan[] = [];
  readonly queue: Job[] = [];
  /** Jobs that a worker took lately: a queue may deliver them again. */
  readonly oldJobs: Job[] = [];
  readonly saleIds: string[] = [];
  readonly counts: Counts = {};
  /** Checkouts that the ledger cannot judge, each by its own fault. */
  readonly poisoned = new Set<string>();
  readonly #trace: ((line: string) => void) | undefined;
  readonly #ledgerSkewMs: number;
  #serial = 0;
  /** The true time: every clock is this one and its skew. */
  nowMs = BEGIN_MS;
  step = 0;
  /** No fault any more, of any kind. */
  isCalm = false;
  /** A violation, or a bug that is no outage: ends the run. */
  #crash: { readonly error: unknown } | null = null;

  constructor(random: Random, temper: Temperament, trace: ((line: string) => void) | undefined) {
    this.random = random;
    this.temper = temper;
    this.#trace = trace;
    this.#ledgerSkewMs = this.skewMs();
    const nowMs = () => this.nowMs + this.#ledgerSkewMs;
    this.ledger = new MemoryLedger({ nowMs }, (row, before) => this.witness.wrote(row, before));
    this.cluster = new Cluster(() => this.nowMs, random, temper);
    this.witness = new Witness({ ledger: this.ledger, cluster: this.cluster, chronicle: this, nowMs });
  }

  readonly ids: Ids = {
    checkoutId: () => {
      this.#serial += 1;
      const checkoutId = `c${String(this.#serial).padStart(4, "0")}`;
      if (!this.isCalm && this.random.chance(this.temper.poison)) this.poisoned.add(checkoutId);
      return checkoutId;
    },
    saleId: () => `x-made-${++this.#serial}`,
  };

  readonly telemetry: Telemetry = { emit: ({ kind }) => this.count(`event ${kind}`) };

  /** The way of an answer to the client. */
  readonly answerCall: Call<void> = {
    service: "client",
    method: "answer",
    saleId: "",
    writes: false,
    happen: () => undefined,
    fail: () => {
      throw new Outage("answer");
    },
  };

  skewMs(): number {
    return this.random.int(-this.temper.skewMsMax, this.temper.skewMsMax);
  }

  count(name: string, by = 1): void {
    this.counts[name] = (this.counts[name] ?? 0) + by;
  }

  note(line: () => string): void {
    this.#trace?.(`${this.step} +${this.nowMs - BEGIN_MS} ms ${line()}`);
  }

  addProcess(role: Role, index: number): void {
    const skewMs = this.skewMs();
    const clock = { nowMs: () => this.nowMs + skewMs };
    this.processes.push(new Process(`${role} ${index}`, role, clock, this.cluster.primary));
  }

  /** Ends the run with this error, once the step is over. */
  crashed(error: unknown): void {
    this.#crash ??= { error };
  }

  /** Throws what ended the run, if anything did. */
  survive(): void {
    if (this.#crash) throw this.#crash.error;
  }

  /** Lets a parked call meet its fate and its actor go on to the next. */
  async deliver(actor: Actor, drawn: Fate): Promise<void> {
    const { call, process } = actor;
    const isCut = call.connection !== undefined && call.connection !== process.connection;
    const fate = isCut ? "fail" : drawn;
    this.note(() => `${actor.name} ${call.method} ${call.saleId}: ${fate}`);
    if (fate !== "happen") this.count(`${call.service} call ${fate}`);
    if (fate === "late") this.orphan(actor);
    let answer = () => call.fail(fate !== "fail");
    if (fate === "happen" || fate === "lose") {
      const reply = await this.#happen(call, process.gate);
      if (fate === "happen") answer = () => reply.get();
    }
    await actor.resume(answer);
    if (actor.finished) this.actors.splice(this.actors.indexOf(actor), 1);
    else if (this.random.chance(this.temper.stubborn * (OVERTAKEN[actor.call.method] ?? 1))) this.#putAside(actor);
    this.survive();
  }

  /** Keeps a parked call for a later step. */
  orphan({ call, process }: Actor): void {
    if (call.writes) this.orphans.push({ call, gate: process.gate, incarnation: process.gate.server.incarnation });
  }

  /** A call arrives whose caller has given up; one to a server that is gone never does. */
  async arrive({ call, gate, incarnation }: Orphan): Promise<void> {
    const isReachable =
      call.service !== "gate" || (this.cluster.alive.includes(gate) && gate.server.incarnation === incarnation);
    if (!isReachable) return;
    this.note(() => `late ${call.method} ${call.saleId}`);
    this.count(`late ${call.method}`);
    await this.#happen(call, gate);
  }

  /** Redis as a whole comes to harm; whoever was connected to what is gone connects anew. */
  harm(fault: RedisFault): void {
    const misfortune = this.cluster.suffer(fault);
    if (!misfortune) return;
    this.note(() => `redis ${fault}`);
    this.count(`redis ${fault}`);
    this.witness.harmed(misfortune);
    for (const process of this.processes) {
      const stays = this.cluster.zombie === process.gate && this.random.chance(this.temper.loyalty);
      if (!stays) process.connect(this.cluster.primary);
    }
  }

  /** Leaves an actor parked until its call's sale is another opening's, or closed, or nobody can wait any longer. */
  #putAside(actor: Actor): void {
    const { sale } = this.ledger.book(actor.call.saleId) ?? {};
    if (!sale) return;
    const { id, epoch, openEpoch, state } = sale;
    const untilStep = this.step + ASIDE_STEPS_MAX;
    this.count("calls put aside");
    actor.isAside = () => {
      const now = this.ledger.book(id)?.sale;
      const isAsItWas = now?.openEpoch === openEpoch && now.epoch <= epoch + 1;
      const aside = isAsItWas && (now.state === "closed") === (state === "closed") && this.step < untilStep;
      if (!aside) actor.isAside = () => false;
      return aside;
    };
  }

  /** Has a call's effect; what it answers is looked at only by who is told. */
  async #happen(call: Call, gate: MemoryGate): Promise<{ readonly get: () => unknown }> {
    try {
      const reply = await call.happen(gate);
      if (call.service === "ledger" && call.writes && call.saleId !== "") this.witness.settled(call.saleId);
      return { get: () => reply };
    } catch (error) {
      if (!(error instanceof Outage)) throw error;
      return {
        get: () => {
          throw error;
        },
      };
    }
  }
}
