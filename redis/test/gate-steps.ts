import { isDeepStrictEqual } from "node:util";
import type { Hold } from "@flashgate/core";
import type { RedisGate } from "../src/gate.ts";
import type { Ask, GateCommand } from "./gate-commands.ts";
import type { Span } from "./gate-reference.ts";
import type { Owned, RehearsedSale } from "./rehearsed-sale.ts";

export type Step = Exclude<GateCommand, { act: "recover" | "restart" }>;

/** What the gate answered to one step, and what it should have, given when that was. */
export interface Answer {
  readonly step: string;
  readonly word: string;
  /** Of a crowd: what each of it did, and the word it got. */
  readonly each: readonly string[];
  readonly seen: unknown;
  readonly expected: (span: Span) => unknown;
}

/** Picks the recovery begun last. */
export const LATEST = -1;
/** What a recovery finds that has met another life of the server. */
export const OTHER_LIFE = "another/life";

/** Takes steps on a real gate, each with what the reference of its sale says to it. */
export class GateSteps {
  readonly #gate: Pick<RedisGate, "admission" | "holds" | "opening" | "reader">;
  /** Whether the server knows the scripts that need no lease. */
  readonly #known = { finalise: true, claimDue: true };
  #checkouts = 0;

  constructor(gate: Pick<RedisGate, "admission" | "holds" | "opening" | "reader">) {
    this.#gate = gate;
  }

  /** The server knows no script any more. */
  forget(): void {
    Object.assign(this.#known, { finalise: false, claimDue: false });
  }

  /** Does it at `nowMs`. Null where there is nothing yet to do it to. */
  async take(sale: RehearsedSale, step: Step, nowMs: number): Promise<Answer | null> {
    switch (step.act) {
      case "reserve":
      case "add":
        return this.#asked(sale, step)();
      case "crowd":
        return this.#crowd(sale, step.asks);
      case "purchase": {
        const seen = await this.#gate.admission.purchase(stepOf(sale, step));
        return answerOf(step, seen.kind, seen, (span) => sale.reference.purchase(stepOf(sale, step), span));
      }
      case "lapse": {
        const [epoch, ids] = [sale.epochOf(step.epoch), [...sale.seen.keys()]];
        const seen = await this.#gate.holds.lapse(sale.id, epoch, ids);
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
        return this.#install(sale, step, nowMs);
      case "retire": {
        const epoch = sale.epochOf(step.epoch);
        const seen = await this.#gate.opening.retire(sale.id, epoch);
        this.#known.finalise = true;
        return answerOf(step, seen, seen, () => sale.reference.retire(epoch));
      }
      default:
        return step satisfies never;
    }
  }

  /** Decides what to ask for; the call asks. `asked`: what others ask for in the same breath. */
  #asked(sale: RehearsedSale, step: Ask, asked: Owned[] = []): () => Promise<Answer> {
    const { admission } = this.#gate;
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
    const seen = answers.map((answer) => answer.seen);
    const each = answers.map(({ step, word }) => `crowd's ${step}: ${word}`);
    return {
      step: "crowd",
      word: "answered",
      each,
      seen,
      expected: (span) => answers.map(({ expected }) => expected(span)),
    };
  }

  async #finalise(sale: RehearsedSale, step: Extract<Step, { act: "finalise" }>): Promise<Answer | null> {
    const epoch = sale.epochOf(step.epoch);
    const judged = step.verdicts.flatMap(({ pick, state }) => sale.judge(pick, state) ?? []);
    if (judged.length === 0) return null;
    const seen = await this.#gate.holds.finalise(sale.id, epoch, judged);
    return answerOf(step, seen, seen, () => {
      if (!this.#known.finalise) return "gate_shut";
      sale.reference.finalise(epoch, judged);
      return "done";
    });
  }

  async #claimDue(sale: RehearsedSale, step: Extract<Step, { act: "claimDue" }>): Promise<Answer> {
    const epoch = sale.epochOf(step.epoch);
    const seen = await this.#gate.holds.claimDue(sale.id, epoch, step.limit);
    return answerOf(step, amountOf(seen), seen, (span) => {
      if (!this.#known.claimDue) return [];
      return sale.reference.claimDue(epoch, step.limit, seen, span) ?? seen;
    });
  }

  async #look(sale: RehearsedSale, step: Extract<Step, { act: "look" }>): Promise<Answer> {
    const epoch = sale.epochOf(step.epoch);
    const { holds, opening, reader } = this.#gate;
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
    const reply = await this.#gate.opening.shut(sale.id, epoch, sale.openEpoch);
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
  async #install(sale: RehearsedSale, step: Extract<Step, { act: "install" }>, nowMs: number): Promise<Answer | null> {
    const begun = step.pick === LATEST ? sale.begun.at(-1) : sale.begun[step.pick % sale.begun.length];
    if (!begun) return null;
    const snapshot = sale.snapshot(begun, step.terms, nowMs);
    const seen = await this.#gate.opening.install(snapshot, begun.incarnation);
    if (seen === "installed") Object.assign(this.#known, { finalise: true, claimDue: true });
    return answerOf(step, seen, seen, () => sale.reference.install(snapshot, begun.incarnation !== OTHER_LIFE));
  }
}

function answerOf(step: Step, word: string, seen: unknown, expected: Answer["expected"]): Answer {
  return { step: step.act, word, each: [], seen, expected };
}

function amountOf(found: readonly unknown[] | string): string {
  if (typeof found === "string") return found;
  return found.length > 0 ? "some" : "none";
}

function stepOf(
  sale: RehearsedSale,
  { pick, stranger }: { readonly pick: number; readonly stranger: boolean },
  asked: readonly Owned[] = [],
) {
  const { checkoutId, userId } = sale.picked(pick, asked);
  return { saleId: sale.id, checkoutId, userId: stranger ? "stranger" : userId };
}

export function byId(a: Hold, b: Hold): number {
  return a.checkoutId < b.checkoutId ? -1 : 1;
}
