import { isDeepStrictEqual } from "node:util";
import type { GateFacts, GateSnapshot, Hold, Judged, Survivors, Verdict } from "@flashgate/core";
import { expect } from "vitest";
import type { RedisGate } from "../src/gate.ts";
import { type Ask, type EpochChoice, type GateCommand, STOCK, type TermsChoice } from "./gate-commands.ts";
import { GateReference, type Span, unsound } from "./gate-reference.ts";

const TOTAL = Object.values<number>(STOCK).reduce((units, left) => units + left, 0);
const FIRST_TERMS: TermsChoice = { window: "open", paused: false, limit: 5, late: false };

/** A gate to rehearse on, one sequence after the other. */
export interface Stage {
  readonly gate: Pick<RedisGate, "admission" | "holds" | "opening" | "reader">;
  /** By the gate's own clock. */
  readonly nowMs: () => Promise<number>;
  /** What a restart does to the scripts. */
  readonly forgetScripts: () => Promise<unknown>;
  readonly backlogMax: number;
  /** How often each answer was given, by step and answer: what the sequences really exercised. */
  readonly answers: Map<string, number>;
}

/** A recovery between its two steps. */
interface Begun extends Survivors {
  readonly epoch: number;
}

type Owned = Pick<Hold, "checkoutId" | "userId">;

let serial = 0;

/** One of a sequence's sales: its gate as it should be, and a ledger's worth of what was decided. */
class RehearsedSale {
  readonly id = `x-model-${++serial}`;
  readonly reference: GateReference;
  readonly begun: Begun[] = [];
  readonly seen = new Map<string, Hold>();
  readonly #verdicts = new Map<string, { readonly hold: Hold; readonly verdict: Verdict }>();

  constructor(backlogMax: number) {
    this.reference = new GateReference(backlogMax);
  }

  get openEpoch(): number {
    return this.reference.opening?.epoch ?? 0;
  }

  epochOf(choice: EpochChoice): number {
    return this.openEpoch + { before: -1, current: 0, after: 1 }[choice];
  }

  /** A checkout of this sale, counted from the latest one, those being asked for among them; or one that nobody has. */
  picked(pick: number, asked: readonly Owned[] = []): Owned {
    return [...this.seen.values(), ...asked].at(-1 - pick) ?? { checkoutId: "nobody's", userId: "u" };
  }

  /** A verdict as a ledger would give it: once, confirmed only for what was bought and is held, and never changed. */
  judge(pick: number, state: Verdict["state"]): Judged | null {
    const { checkoutId } = this.picked(pick);
    const known = this.seen.get(checkoutId);
    if (!known) return null;
    const hold = this.reference.opening?.holds.get(checkoutId);
    const standing = this.#verdicts.get(checkoutId);
    const verdict = standing?.verdict ?? verdictOf(state, hold);
    if (!standing) this.#verdicts.set(checkoutId, { hold: hold ?? known, verdict });
    return { checkoutId, verdict, decidedAtMs: 1 };
  }

  snapshot({ epoch, holds: survivors }: Begun, choice: TermsChoice, nowMs: number): GateSnapshot {
    const holds = survivors
      .filter((hold) => !this.#verdicts.has(hold.checkoutId))
      .map((hold) => (choice.late && hold.mode !== "submitted" ? { ...hold, deadlineMs: nowMs - 1_000 } : hold));
    const sold = [...this.#verdicts.values()].filter(({ verdict }) => verdict.state === "confirmed");
    const stock = new Map<string, number>(Object.entries(STOCK));
    const buyers = new Map<string, number>();
    const totals = { available: TOTAL, held: 0, sold: 0 };
    const count = ({ userId, lines }: Hold, as: "held" | "sold") => {
      for (const { itemId, quantity } of lines) {
        stock.set(itemId, (stock.get(itemId) ?? 0) - quantity);
        buyers.set(userId, (buyers.get(userId) ?? 0) + quantity);
        totals.available -= quantity;
        totals[as] += quantity;
      }
    };
    for (const hold of holds) count(hold, "held");
    for (const { hold } of sold) count(hold, "sold");
    const terms = { limitPerUser: choice.limit, paused: choice.paused, pauseVersion: 0 };
    const sale = { id: this.id, epoch, ...terms, ...windowOf(choice, nowMs) };
    return { sale, totals, stock: [...stock], buyers: [...buyers], holds, keys: this.#keys(holds) };
  }

  #keys(holds: readonly Hold[]): GateSnapshot["keys"] {
    const rows = [...this.#verdicts.values()].filter(({ verdict }) => verdict.state !== "rejected");
    const ended = rows.filter(({ verdict }) => verdict.state !== "confirmed");
    const confirmed = rows.filter(({ verdict }) => verdict.state === "confirmed");
    const claims = [...ended, ...confirmed].map(({ hold }) => hold).concat(holds);
    const keyed = claims.filter((hold) => hold.key !== "");
    return [...new Map(keyed.map((hold) => [JSON.stringify([hold.userId, hold.key]), hold])).values()].map(
      ({ userId, key, fingerprint, checkoutId }) => ({ userId, key, fingerprint, checkoutId }),
    );
  }
}

function verdictOf(state: Verdict["state"], hold: Hold | undefined): Verdict {
  if (!hold || state === "rejected") return { state: "rejected", reason: "gate_lost" };
  return { state: state === "confirmed" && hold.mode !== "submitted" ? "cancelled" : state };
}

function windowOf({ window }: TermsChoice, nowMs: number) {
  const [from, to] = { open: [-60_000, 90_000], early: [60_000, 90_000], over: [-60_000, -1_000] }[window];
  return { opensAtMs: nowMs + (from ?? 0), closesAtMs: nowMs + (to ?? 0), settleUntilMs: nowMs + 100_000 };
}

/** What the gate answered to one step, and what it should have, given when that was. */
interface Answer {
  readonly step: string;
  readonly word: string;
  readonly seen: unknown;
  readonly expected: (span: Span) => unknown;
}

type Step = Exclude<GateCommand, { act: "recover" }>;

/** Plays one sequence on a real server and beside it on the reference; throws at the first difference. */
export class Rehearsal {
  readonly #stage: Stage;
  readonly #sales: readonly RehearsedSale[];
  /** Whether the server knows the scripts that need no lease. */
  readonly #known = { finalise: true, claimDue: true };
  #nowMs = 0;
  #checkouts = 0;

  constructor(stage: Stage) {
    this.#stage = stage;
    this.#sales = [new RehearsedSale(stage.backlogMax), new RehearsedSale(stage.backlogMax)];
  }

  async play(commands: readonly GateCommand[]): Promise<void> {
    this.#nowMs = await this.#stage.nowMs();
    const named = new Set(commands.flatMap((command) => (command.act === "restart" ? [] : [command.sale])));
    for (const sale of named) {
      await this.#take({ act: "shut", sale, ahead: 1, lost: 0 });
      await this.#take({ act: "install", sale, pick: 0, terms: FIRST_TERMS });
    }
    for (const command of commands) {
      for (const step of stepsOf(command)) await this.#take(step);
    }
    // What was done to one sale did nothing to the other.
    for (const sale of this.#sales) this.#compare(sale, await this.#stage.gate.reader.inspect(sale.id), "end");
  }

  async #take(step: Step): Promise<void> {
    if (step.act === "restart") return this.#restart();
    const sale = this.#sales[step.sale];
    const answer = sale && (await this.#ask(sale, step));
    if (!answer) return;
    const [nowMs, facts] = await Promise.all([this.#stage.nowMs(), this.#stage.gate.reader.inspect(sale.id)]);
    const span = { fromMs: this.#nowMs, toMs: nowMs };
    this.#nowMs = nowMs;
    this.#count(`${answer.step}: ${answer.word}`);
    insist(answer.step, answer.seen, answer.expected(span));
    this.#compare(sale, facts, answer.step);
  }

  #compare(sale: RehearsedSale, facts: GateFacts | null, after: string): void {
    const inOrder = (of: GateFacts | null) => of && { ...of, holds: [...of.holds].sort(byId) };
    insist(`the gate after ${after}`, inOrder(facts), inOrder(sale.reference.facts()));
    if (facts) insist(`the books after ${after}`, unsound(facts, TOTAL), []);
  }

  /** Null where there is nothing yet to do it to. */
  async #ask(sale: RehearsedSale, step: Exclude<Step, { act: "restart" }>): Promise<Answer | null> {
    switch (step.act) {
      case "reserve":
      case "add":
        return this.#asked(sale, step)();
      case "crowd":
        return this.#crowd(sale, step.asks);
      case "purchase": {
        const seen = await this.#stage.gate.admission.purchase(stepOf(sale, step));
        return answerOf(step, seen.kind, seen, (span) => sale.reference.purchase(stepOf(sale, step), span));
      }
      case "lapse": {
        const [epoch, ids] = [sale.epochOf(step.epoch), [...sale.seen.keys()]];
        const seen = await this.#stage.gate.holds.lapse(sale.id, epoch, ids);
        return answerOf(step, amountOf(seen), seen, (span) => sale.reference.lapse(epoch, ids, span));
      }
      case "finalise":
        return this.#finalise(sale, step);
      case "claimDue":
        return this.#claimDue(sale, step);
      case "look":
        return this.#look(sale, step);
      case "shut":
        return this.#shut(sale, step);
      case "install":
        return this.#install(sale, step);
      case "retire": {
        const epoch = sale.epochOf(step.epoch);
        const seen = await this.#stage.gate.opening.retire(sale.id, epoch);
        this.#known.finalise = true;
        return answerOf(step, seen, seen, () => sale.reference.retire(epoch));
      }
      default:
        return step satisfies never;
    }
  }

  /** Decides what to ask for; the call asks. `asked`: what others ask for in the same breath. */
  #asked(sale: RehearsedSale, step: Ask, asked: Owned[] = []): () => Promise<Answer> {
    const { admission } = this.#stage.gate;
    if (step.act === "add") {
      const request = { ...stepOf(sale, step, asked), demand: step.demand };
      return async () => {
        const seen = await admission.addLines(request);
        return answerOf(step, seen.kind, seen, (span) => sale.reference.addLines(request, seen, span));
      };
    }
    const { user: userId, mode, demand, key, fingerprint } = step;
    // In the order of their names as of their making: what is due at once may be handed out by either.
    const checkoutId = `c-${String(++this.#checkouts).padStart(3, "0")}`;
    const request = { saleId: sale.id, checkoutId, userId, mode, demand, key, fingerprint };
    asked.push(request);
    return async () => {
      const seen = await admission.reserve(request);
      if (seen.kind === "held") sale.seen.set(checkoutId, seen.hold);
      return answerOf(step, seen.kind, seen, (span) => sale.reference.reserve(request, seen, span));
    };
  }

  /** As if each had come alone, in this order. */
  async #crowd(sale: RehearsedSale, asks: readonly Ask[]): Promise<Answer> {
    const asked: Owned[] = [];
    const answers = await Promise.all(asks.map((step) => this.#asked(sale, step, asked)).map((ask) => ask()));
    for (const { step, word } of answers) this.#count(`crowd's ${step}: ${word}`);
    const seen = answers.map((answer) => answer.seen);
    return { step: "crowd", word: "answered", seen, expected: (span) => answers.map(({ expected }) => expected(span)) };
  }

  async #finalise(sale: RehearsedSale, step: Extract<Step, { act: "finalise" }>): Promise<Answer | null> {
    const epoch = sale.epochOf(step.epoch);
    const judged = step.verdicts.flatMap(({ pick, state }) => sale.judge(pick, state) ?? []);
    if (judged.length === 0) return null;
    const seen = await this.#stage.gate.holds.finalise(sale.id, epoch, judged);
    return answerOf(step, seen, seen, () => {
      if (!this.#known.finalise) return "gate_shut";
      sale.reference.finalise(epoch, judged);
      return "done";
    });
  }

  async #claimDue(sale: RehearsedSale, step: Extract<Step, { act: "claimDue" }>): Promise<Answer> {
    const epoch = sale.epochOf(step.epoch);
    const seen = await this.#stage.gate.holds.claimDue(sale.id, epoch, step.limit);
    return answerOf(step, amountOf(seen), seen, (span) => {
      if (!this.#known.claimDue) return [];
      return sale.reference.claimDue(epoch, step.limit, seen, span) ?? seen;
    });
  }

  async #look(sale: RehearsedSale, step: Extract<Step, { act: "look" }>): Promise<Answer> {
    const epoch = sale.epochOf(step.epoch);
    const { holds, opening, reader } = this.#stage.gate;
    const ids = [...sale.seen.keys(), "nobody's"];
    const [read, some, isOpen, totals, stock] = await Promise.all([
      holds.read(sale.id, epoch, ids),
      holds.some(sale.id, epoch, step.limit),
      opening.isOpen(sale.id, epoch),
      reader.totals(sale.id),
      reader.stock(sale.id),
    ]);
    const strange = some.filter((hold) => !read.some((each) => isDeepStrictEqual(hold, each)));
    const seen = { read, isOpen, totals, stock, some: some.length, strange };
    return answerOf(step, isOpen ? "open" : "shut", seen, () => {
      const all = sale.reference.read(epoch, ids);
      const facts = sale.reference.facts();
      return {
        read: all,
        isOpen: sale.reference.isOpen(epoch),
        totals: facts && { epoch: facts.epoch, totals: facts.totals },
        stock: facts?.stock ?? null,
        some: Math.min(step.limit, all.length),
        strange: [],
      };
    });
  }

  /** Step (b). What is `lost` is what the snapshot will say nothing of: as if Redis had lost it before. */
  async #shut(sale: RehearsedSale, step: Extract<Step, { act: "shut" }>): Promise<Answer> {
    const epoch = (sale.reference.epoch ?? 0) + step.ahead;
    const reply = await this.#stage.gate.opening.shut(sale.id, epoch, sale.openEpoch);
    const seen = reply === "superseded" ? reply : [...reply.holds].sort(byId);
    if (reply !== "superseded") {
      const holds = reply.holds.filter((_, index) => step.lost === 0 || index % 4 !== 0);
      sale.begun.push({ ...reply, epoch, holds });
    }
    return answerOf(step, seen === "superseded" ? seen : amountOf(seen), seen, () => {
      const expected = sale.reference.shut(epoch, sale.openEpoch);
      return expected === "superseded" ? expected : expected.sort(byId);
    });
  }

  /** Step (d), of any recovery begun: also of one that was overtaken, and again of one that was done. */
  async #install(sale: RehearsedSale, step: Extract<Step, { act: "install" }>): Promise<Answer | null> {
    const begun = step.pick === LATEST ? sale.begun.at(-1) : sale.begun[step.pick % sale.begun.length];
    if (!begun) return null;
    const snapshot = sale.snapshot(begun, step.terms, this.#nowMs);
    const seen = await this.#stage.gate.opening.install(snapshot, begun.incarnation);
    if (seen === "installed") Object.assign(this.#known, { finalise: true, claimDue: true });
    return answerOf(step, seen, seen, () => sale.reference.install(snapshot, begun.incarnation !== OTHER_LIFE));
  }

  /** The server forgets its scripts, and recoveries that are under way have met another life of it. */
  async #restart(): Promise<void> {
    await this.#stage.forgetScripts();
    Object.assign(this.#known, { finalise: false, claimDue: false });
    for (const { reference, begun } of this.#sales) {
      reference.leased = false;
      for (const [index, each] of begun.entries()) begun[index] = { ...each, incarnation: OTHER_LIFE };
    }
    this.#count("restart: done");
  }

  #count(answer: string): void {
    this.#stage.answers.set(answer, (this.#stage.answers.get(answer) ?? 0) + 1);
  }
}

/** Picks the recovery begun last. */
const LATEST = -1;
const OTHER_LIFE = "another/life";

function stepsOf(command: GateCommand): readonly Step[] {
  if (command.act !== "recover") return [command];
  const { sale, ahead, lost, terms } = command;
  return [
    { act: "shut", sale, ahead, lost },
    { act: "install", sale, pick: LATEST, terms },
  ];
}

function answerOf(step: Step, word: string, seen: unknown, expected: Answer["expected"]): Answer {
  return { step: step.act, word, seen, expected };
}

function amountOf(found: readonly unknown[] | string): string {
  if (typeof found === "string") return found;
  return found.length > 0 ? "some" : "none";
}

/** As `toEqual`, which is slow, but exact: it is asked hundreds of thousands of times. */
function insist(what: string, seen: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(seen, expected)) expect(seen, what).toStrictEqual(expected);
}

function stepOf(
  sale: RehearsedSale,
  { pick, stranger }: { readonly pick: number; readonly stranger: boolean },
  asked: readonly Owned[] = [],
) {
  const { checkoutId, userId } = sale.picked(pick, asked);
  return { saleId: sale.id, checkoutId, userId: stranger ? "stranger" : userId };
}

function byId(a: Hold, b: Hold): number {
  return a.checkoutId < b.checkoutId ? -1 : 1;
}
