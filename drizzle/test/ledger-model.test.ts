import type { Ledger } from "@flashgate/core";
import { MemoryLedger } from "@flashgate/core/testing";
import fc from "fast-check";
import type { Pool } from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createLedger } from "../src/index.ts";
import { createLedgerDatabase, DEADLOCKS_SHOW, type LedgerDatabase } from "./database.ts";
import { booksOf, comparable, schedule, violationsOf } from "./ledger-moves.ts";
import { type Actor, actorOf, planOf, type Round, type Sequence, sequences } from "./ledger-rounds.ts";
import { endOrWait, type UnderWay, underWay, whileHeld } from "./row-locks.ts";

/** Sequences at once, each in a database of its own, where nobody else waits for locks. */
const LANES = 3;
const SEQUENCES = Number(process.env["LEDGER_SEQUENCES"] ?? 600);
const TEST_MS_MAX = 240_000;

/** What must have been answered often, or the sequences are not what they were meant to be. */
const ANSWERS: Readonly<Record<string, readonly string[]>> = {
  page: ["confirmed", "contested"],
  one: ["confirmed", "gate_lost", "user_limit", "sold_out", "expired", "cancelled", "retry", "dropped"],
  bury: ["cancelled", "expired", "gate_lost", "confirmed"],
  recover: ["begun", "superseded", "closed"],
  begin: ["begun", "superseded"],
  close: ["closed", "not_yet"],
};
/** Per six hundred sequences. */
const TIMES_MIN = 10;

const databases: LedgerDatabase[] = [];
const seen = { sequences: 0, rounds: 0, races: 0, answers: new Map<string, number>() };

beforeAll(async () => {
  const lanes = Array.from({ length: LANES }, () => createLedgerDatabase({ settings: DEADLOCKS_SHOW }));
  databases.push(...(await Promise.all(lanes)));
});
afterAll(() => Promise.all(databases.map((database) => database.dispose())));

it("whatever is done at once comes to what it would have come to in some order", { timeout: TEST_MS_MAX }, async () => {
  const numRuns = Math.ceil(SEQUENCES / LANES);
  await Promise.all(
    databases.map(({ pool }) =>
      fc.assert(
        fc.asyncProperty(sequences, (sequence) => new Play(pool, sequence).run()),
        { numRuns },
      ),
    ),
  );
  expect(seen.sequences).toBeGreaterThanOrEqual(SEQUENCES);
  expect(seen.races).toBeGreaterThanOrEqual(2 * SEQUENCES);
  const timesMin = Math.floor((TIMES_MIN * SEQUENCES) / 600);
  const wanted = Object.entries(ANSWERS).flatMap(([wish, words]) => words.map((word) => `${wish}: ${word}`));
  expect(wanted.filter((answer) => (seen.answers.get(answer) ?? 0) < timesMin)).toEqual([]);
});

/** Who goes in which place: the places of the actors, each as often as it has steps. */
type Order = readonly number[];
/** One way in which everything so far may have come about: the orders of the rounds that are over. */
type History = readonly { readonly actors: readonly Actor[]; readonly order: Order }[];

let serial = 0;

/** One sequence on a real ledger, round by round explained by a ledger whose every step is one instant. */
class Play {
  readonly #pool: Pool;
  readonly #ledger: Ledger;
  readonly #sequence: Sequence;
  readonly #saleId = `x-${++serial}`;
  #histories: readonly History[] = [[]];

  constructor(pool: Pool, sequence: Sequence) {
    this.#pool = pool;
    this.#ledger = createLedger(pool);
    this.#sequence = sequence;
  }

  async run(): Promise<void> {
    await this.#open(this.#ledger);
    for (const round of this.#sequence.rounds) await this.#round(round);
    const states = await Promise.all(this.#histories.map(async (history) => (await this.#retell(history)).state));
    expect(states, "what the gate would be opened with").toContain(
      JSON.stringify(await reopened(this.#ledger, this.#saleId)),
    );
    seen.sequences += 1;
  }

  async #round({ wishes, stop }: Round): Promise<void> {
    const epoch = (await this.#ledger.find(this.#saleId))?.epoch ?? 0;
    const actors = wishes.map((wish) => actorOf(wish, this.#sequence, epoch));
    const rehearse = () => actors.map((actor) => underWay(inTurn(actor, this.#ledger, this.#saleId)));
    const started = stop ? await this.#stoppedAt(stop, rehearse) : rehearse();
    const answers = await Promise.all(started.map(({ answer }) => answer));
    const found = JSON.stringify({ answers, books: await this.#books(this.#ledger) });
    expect(await violationsOf(this.#ledger, this.#saleId)).toEqual([]);
    this.#count(actors, answers);

    const after = new Map<string, History>();
    const others = new Set<string>();
    for (const history of this.#histories) {
      for (const order of ordersOf(actors.map((actor) => actor.steps().length))) {
        const longer = [...history, { actors, order }];
        const { told, state } = await this.#retell(longer);
        if (told === found) after.set(state, longer);
        else others.add(told);
      }
    }
    expect([...others, ...(after.size > 0 ? [found] : [])], "what some order comes to").toContain(found);
    this.#histories = [...after.values()];
  }

  /** All of them wait for the row, or have ended without it, before any goes on. */
  async #stoppedAt(stop: "item" | "sale", start: () => UnderWay[]): Promise<UnderWay[]> {
    const row = {
      saleId: this.#saleId,
      ...(stop === "sale" ? { of: "sales" as const } : { of: "items" as const, id: "a" }),
    };
    return whileHeld(this.#pool, row, async () => {
      const started = start();
      await endOrWait(this.#pool, started);
      return started;
    });
  }

  /** The last round's answers and the books after it, as that history tells it, and what cannot be read off them. */
  async #retell(history: History): Promise<{ told: string; state: string }> {
    const ledger = new MemoryLedger({ nowMs: () => NOW_MS });
    await this.#open(ledger);
    let answers: unknown[][] = [];
    for (const { actors, order } of history) {
      const steps = actors.map((actor) => actor.steps().values());
      answers = actors.map(() => []);
      for (const place of order) answers[place]?.push(await steps[place]?.next().value?.(ledger, this.#saleId));
    }
    const told = JSON.stringify({ answers, books: await this.#books(ledger) });
    return { told, state: JSON.stringify(await reopened(ledger, this.#saleId)) };
  }

  async #open(ledger: Ledger): Promise<void> {
    await schedule(ledger, planOf(this.#sequence, this.#saleId));
    await ledger.beginRecovery(this.#saleId, 0);
    await ledger.adopt(this.#saleId, 1, []);
  }

  #books(ledger: Ledger): Promise<unknown> {
    const ids = this.#sequence.holds.map((hold) => hold.checkoutId);
    return booksOf(ledger, this.#saleId, ids);
  }

  #count(actors: readonly Actor[], answers: readonly unknown[]): void {
    seen.rounds += 1;
    if (actors.length > 1) seen.races += 1;
    for (const [place, { name }] of actors.entries()) {
      const words = JSON.stringify(answers[place]).match(/"(kind|state|reason)":"\w+"|"\w+"(?=\])/g) ?? [];
      for (const word of new Set(words)) {
        const answer = `${name}: ${word.replace(/.*:/, "").replaceAll('"', "")}`;
        seen.answers.set(answer, (seen.answers.get(answer) ?? 0) + 1);
      }
    }
  }
}

/** Between what is over and what is far. */
const NOW_MS = 1_000_000;

/** An actor's steps, one after the other; what each came to. */
async function inTurn(actor: Actor, ledger: Ledger, saleId: string): Promise<unknown[]> {
  const answers: unknown[] = [];
  for (const step of actor.steps()) answers.push(await step(ledger, saleId));
  return answers;
}

/** Every order in which so many steps of each actor can come. */
function ordersOf(steps: readonly number[]): Order[] {
  if (steps.every((left) => left === 0)) return [[]];
  return steps.flatMap((left, place) => {
    if (left === 0) return [];
    const rest = steps.map((each, other) => (other === place ? each - 1 : each));
    return ordersOf(rest).map((order) => [place, ...order]);
  });
}

/** What a gate would be opened with: keys, modes and deadlines are told by nothing else. */
async function reopened(ledger: Ledger, saleId: string): Promise<unknown> {
  const epoch = (await ledger.find(saleId))?.epoch ?? 0;
  const begun = await ledger.beginRecovery(saleId, epoch);
  return begun.kind === "begun" ? comparable(await ledger.adopt(saleId, begun.epoch, [])) : begun.kind;
}
