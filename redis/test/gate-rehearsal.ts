import { isDeepStrictEqual } from "node:util";
import type { GateFacts } from "@flashgate/core";
import { expect } from "vitest";
import type { RedisGate } from "../src/gate.ts";
import type { GateCommand, TermsChoice } from "./gate-commands.ts";
import { unsound } from "./gate-reference.ts";
import { byId, GateSteps, LATEST, OTHER_LIFE, type Step } from "./gate-steps.ts";
import { RehearsedSale, TOTAL } from "./rehearsed-sale.ts";

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

type Restart = Extract<GateCommand, { act: "restart" }>;

/** Plays one sequence on a real server and beside it on the reference; throws at the first difference. */
export class Rehearsal {
  readonly #stage: Stage;
  readonly #sales: readonly RehearsedSale[];
  readonly #steps: GateSteps;
  #nowMs = 0;

  constructor(stage: Stage) {
    this.#stage = stage;
    this.#steps = new GateSteps(stage.gate);
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

  async #take(step: Step | Restart): Promise<void> {
    if (step.act === "restart") return this.#restart();
    const sale = this.#sales[step.sale];
    const answer = sale && (await this.#steps.take(sale, step, this.#nowMs));
    if (!answer) return;
    const [nowMs, facts] = await Promise.all([this.#stage.nowMs(), this.#stage.gate.reader.inspect(sale.id)]);
    const span = { fromMs: this.#nowMs, toMs: nowMs };
    this.#nowMs = nowMs;
    for (const each of [`${answer.step}: ${answer.word}`, ...answer.each]) this.#count(each);
    insist(answer.step, answer.seen, answer.expected(span));
    this.#compare(sale, facts, answer.step);
  }

  #compare(sale: RehearsedSale, facts: GateFacts | null, after: string): void {
    const inOrder = (of: GateFacts | null) => of && { ...of, holds: [...of.holds].sort(byId) };
    insist(`the gate after ${after}`, inOrder(facts), inOrder(sale.reference.facts()));
    if (facts) insist(`the books after ${after}`, unsound(facts, TOTAL), []);
  }

  /** The server forgets its scripts, and recoveries that are under way have met another life of it. */
  async #restart(): Promise<void> {
    await this.#stage.forgetScripts();
    this.#steps.forget();
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

function stepsOf(command: GateCommand): readonly (Step | Restart)[] {
  if (command.act !== "recover") return [command];
  const { sale, ahead, lost, terms } = command;
  return [
    { act: "shut", sale, ahead, lost },
    { act: "install", sale, pick: LATEST, terms },
  ];
}

/** As `toEqual`, which is slow, but exact: it is asked hundreds of thousands of times. */
function insist(what: string, seen: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(seen, expected)) expect(seen, what).toStrictEqual(expected);
}
