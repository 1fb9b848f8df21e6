import type { Ledger } from "@flashgate/core";
import { MemoryLedger } from "@flashgate/core/testing";
import type { Pool } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createLedger } from "../src/index.ts";
import { createLedgerDatabase, DEADLOCKS_SHOW, type LedgerDatabase } from "./database.ts";
import { haltOf, MOVES, type MoveName, type Scene, STOPS, type Stop, scenes } from "./interleaving-table.ts";
import { booksOf, perform, schedule, violationsOf } from "./ledger-moves.ts";
import { endOrWait, type Row, underWay, whileHeld } from "./row-locks.ts";

/*
 * Every ordered pair of moves that can touch the same rows, brought together at every row: the first is stopped before
 * it by a lock of the test's own, the second comes, and both are let go. Whatever READ COMMITTED makes of it must be
 * what one of the two would have come to after the other. The ten tests of interleavings.test.ts tell the stories.
 */

const NAMES = Object.keys(MOVES) as MoveName[];
/** Cells at once, each lane in a database of its own, where nobody else waits for locks. */
const LANES = 3;
const MATRIX_MS_MAX = 120_000;

interface Cell {
  readonly scene: Scene;
  readonly first: MoveName;
  readonly stop: Stop;
  /** Null: the first one does not halt here, which is tried, and nobody need come. */
  readonly second: MoveName | null;
}

let serial = 0;

describe("every pair of moves, at every row", () => {
  const databases: LedgerDatabase[] = [];
  beforeAll(async () => {
    databases.push(
      ...(await Promise.all(Array.from({ length: LANES }, () => createLedgerDatabase({ settings: DEADLOCKS_SHOW })))),
    );
  });
  afterAll(() => Promise.all(databases.map((database) => database.dispose())));

  it.each(scenes().map((scene) => [scene.name, scene] as const))(
    "%s",
    { timeout: MATRIX_MS_MAX },
    async (_name, scene) => {
      const cells = cellsOf(scene);
      const failures: string[] = [];
      const queue = cells.values();
      await Promise.all(
        databases.map(async ({ pool }) => {
          for (const cell of queue) failures.push(...(await play(pool, cell)));
        }),
      );
      expect(failures).toEqual([]);
      expect(cells.filter(({ second }) => second !== null).length).toBeGreaterThan(90);
    },
  );
});

function cellsOf(scene: Scene): Cell[] {
  return NAMES.flatMap((first) =>
    STOPS.flatMap((stop): Cell[] => {
      const halts = haltOf(first, scene, stop) === "halts";
      return (halts ? NAMES : [null]).map((second) => ({ scene, first, stop, second }));
    }),
  );
}

/** What is wrong with the outcome of one cell; nothing where all is well. */
async function play(pool: Pool, { scene, first, stop, second }: Cell): Promise<string[]> {
  const ledger = createLedger(pool);
  const saleId = `x-${++serial}`;
  const name = `${first}, stopped at the ${stop}${second ? `, met by ${second}` : ""}`;
  await setUp(ledger, saleId, scene);
  const ask = (move: MoveName, who: "first" | "other") =>
    underWay(perform(ledger, saleId, MOVES[move](scene[who], scene)));
  const met = await whileHeld(pool, rowOf(saleId, scene, stop), async () => {
    const one = ask(first, "first");
    await endOrWait(pool, [one]);
    const halted = !one.isDone();
    if (!second) return { one, other: null, halted };
    const other = ask(second, "other");
    await endOrWait(pool, [one, other]);
    return { one, other, halted };
  });
  const [one, other] = [await met.one.answer, await met.other?.answer];
  if (met.halted !== (second !== null)) return [`${name}: halted is ${met.halted}. ${haltOf(first, scene, stop)}`];
  if (!second) return [];

  const wrong = (await violationsOf(ledger, saleId)).map((violation) => `${name}: ${JSON.stringify(violation)}`);
  const seen = { one, other, books: await booksOf(ledger, saleId, idsOf(scene)) };
  const serials = [
    await inOrder(saleId, scene, first, second, true),
    await inOrder(saleId, scene, first, second, false),
  ];
  const [text, ...orders] = [seen, ...serials].map((each) => JSON.stringify(each));
  if (orders.some((order) => order === text)) return wrong;
  return [...wrong, `${name}: came to ${text}, and in order to ${orders.join(" or ")}`];
}

/** An open sale of epoch 1, or one whose recovery of epoch 2 has begun; its window is over. */
async function setUp(ledger: Ledger, saleId: string, { adopted, recovering, limit, first }: Scene): Promise<void> {
  const plan = { id: saleId, opensAtMs: 500, closesAtMs: 5_000, settleUntilMs: 6_000, limitPerUser: limit };
  await schedule(ledger, plan);
  await ledger.beginRecovery(saleId, 0);
  await ledger.adopt(saleId, 1, adopted ? [first.hold] : []);
  if (recovering) await ledger.beginRecovery(saleId, 1);
}

/** The row that the first move is to wait for. */
function rowOf(saleId: string, { adopted, first }: Scene, stop: Stop): Row {
  const { checkoutId, userId, lines } = first.hold;
  switch (stop) {
    case "checkout":
      return { saleId, of: adopted ? "checkouts" : "no checkout yet", id: checkoutId };
    case "buyer":
      return { saleId, of: "no buyer yet", id: userId };
    case "item":
      return { saleId, of: "items", id: lines[0]?.itemId ?? "" };
    case "sale":
      return { saleId, of: "sales" };
  }
}

/** What the two moves come to one after the other, on the ledger whose every move is one step. */
async function inOrder(saleId: string, scene: Scene, first: MoveName, second: MoveName, firstGoes: boolean) {
  const ledger = new MemoryLedger({ nowMs: () => 1_000_000 });
  await setUp(ledger, saleId, scene);
  const go = {
    one: () => perform(ledger, saleId, MOVES[first](scene.first, scene)),
    other: () => perform(ledger, saleId, MOVES[second](scene.other, scene)),
  };
  const early = firstGoes ? await go.one() : await go.other();
  const late = firstGoes ? await go.other() : await go.one();
  const books = await booksOf(ledger, saleId, idsOf(scene));
  return firstGoes ? { one: early, other: late, books } : { one: late, other: early, books };
}

function idsOf({ first, other }: Scene): string[] {
  return [...new Set([first, other].flatMap(({ hold, beside }) => [hold.checkoutId, beside.checkoutId]))];
}
