import { MemoryGate } from "@flashgate/core/testing";
import { startTestServices } from "@flashgate/local/testing";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { connect, ready } from "../src/connection.ts";
import { openGate } from "../src/gate.ts";
import { type Ask, commands, type GateCommand } from "./gate-commands.ts";
import { Rehearsal, type Stage } from "./gate-rehearsal.ts";
import { impatientClock, serverNowMs } from "./shop.ts";

/** Sequences at once, each on a server of its own: a restart is every sale's business. */
const LANES = 3;
const SEQUENCES = Number(process.env["GATE_SEQUENCES"] ?? 10_000);
const SEQUENCES_IN_MEMORY = 2_000;
const BACKLOG_MAX = 5;
const TEST_MS_MAX = 600_000;

/** What must have been answered many times, or the sequences are not what they were meant to be. */
const ANSWERS: Readonly<Record<string, readonly string[]>> = {
  reserve: [
    "held",
    "replayed",
    "gate_shut",
    "key_reused",
    "sale_paused",
    "sale_not_open",
    "sale_closed",
    "backlog_full",
    "unknown_item",
    "sold_out",
    "item_taken",
    "user_limit",
  ],
  add: [
    "held",
    "gate_shut",
    "not_found",
    "not_a_cart",
    "expired",
    "unknown_item",
    "sold_out",
    "item_taken",
    "user_limit",
  ],
  crowd: ["answered"],
  "crowd's reserve": [
    "held",
    "replayed",
    "gate_shut",
    "key_reused",
    "backlog_full",
    "sold_out",
    "item_taken",
    "user_limit",
  ],
  "crowd's add": ["held", "gate_shut", "not_found", "not_a_cart", "sold_out", "item_taken", "user_limit"],
  purchase: ["submitted", "gate_shut", "not_found", "expired"],
  lapse: ["some", "none", "gate_shut"],
  finalise: ["done", "gate_shut"],
  claimDue: ["some", "none"],
  look: ["open", "shut"],
  shut: ["some", "none", "superseded"],
  install: ["installed", "superseded"],
  retire: ["retired", "holds_left", "gone"],
  restart: ["done"],
};
/** Per ten thousand sequences. */
const TIMES_MIN = 20;

interface Lane extends Stage {
  /** Nobody asks for these sales again. */
  readonly clear: (played: number) => Promise<unknown>;
  readonly stop: () => Promise<void>;
}

const lanes: Lane[] = [];

beforeAll(async () => {
  lanes.push(...(await Promise.all(Array.from({ length: LANES }, openLane))));
});
afterAll(async () => {
  for (const { stop } of lanes) await stop();
});

it("the gate answers as the reference does, whatever is asked of it in whatever order", {
  timeout: TEST_MS_MAX,
}, async () => {
  await rehearse(lanes, SEQUENCES);
});

it("so does the gate in memory, on which protocol and use cases are simulated", { timeout: TEST_MS_MAX }, async () => {
  let nowMs = 1_000_000_000;
  const gate = new MemoryGate({ nowMs: () => nowMs }, BACKLOG_MAX);
  const lane: Lane = {
    gate: { admission: gate, holds: gate, opening: gate, reader: gate },
    nowMs: async () => ++nowMs,
    forgetScripts: async () => gate.restart(),
    backlogMax: BACKLOG_MAX,
    answers: new Map(),
    clear: async () => undefined,
    stop: async () => undefined,
  };
  // It tells of the first item by id that cannot be had, the scripts of the first one named.
  await rehearse([lane], SEQUENCES_IN_MEMORY, commands.map(byItemId));
});

function byItemId(sequence: readonly GateCommand[]): readonly GateCommand[] {
  return sequence.map((command) => {
    if (command.act === "crowd") return { ...command, asks: command.asks.map(demandByItemId) };
    return "demand" in command ? demandByItemId(command) : command;
  });
}

function demandByItemId<Asked extends Ask>(ask: Asked): Asked {
  const lines = ask.demand.lines.toSorted((a, b) => (a.itemId < b.itemId ? -1 : 1));
  return { ...ask, demand: { ...ask.demand, lines } };
}

async function rehearse(on: readonly Lane[], sequences: number, drawn = commands): Promise<void> {
  let played = 0;
  let steps = 0;
  await Promise.all(
    on.map((lane) =>
      fc.assert(
        fc.asyncProperty(drawn, async (sequence) => {
          await new Rehearsal(lane).play(sequence);
          played += 1;
          steps += sequence.length;
          await lane.clear(played);
        }),
        { numRuns: Math.ceil(sequences / on.length) },
      ),
    ),
  );
  expect(played).toBeGreaterThanOrEqual(sequences);
  expect(steps).toBeGreaterThanOrEqual(8 * played);
  const answers = new Map<string, number>();
  for (const lane of on) {
    for (const [name, times] of lane.answers) answers.set(name, (answers.get(name) ?? 0) + times);
  }
  const timesMin = Math.floor((TIMES_MIN * sequences) / 10_000);
  const wanted = Object.entries(ANSWERS).flatMap(([step, words]) => words.map((word) => `${step}: ${word}`));
  expect(wanted.filter((name) => (answers.get(name) ?? 0) < timesMin)).toEqual([]);
}

async function openLane(): Promise<Lane> {
  const server = await startTestServices({ redisOnly: true });
  const control = connect(server.redisUrl, "test-control", "wait");
  await ready(control);
  const gate = await openGate({ url: server.redisUrl, name: "test", clock: impatientClock(), backlogMax: BACKLOG_MAX });
  const forgetScripts = () => control.script("FLUSH");
  return {
    gate,
    nowMs: () => serverNowMs(control),
    forgetScripts,
    backlogMax: BACKLOG_MAX,
    answers: new Map(),
    clear: async (played) => {
      await control.flushall();
      // A server never forgets a script of its own accord.
      if (played % 100 === 0) await forgetScripts();
    },
    stop: async () => {
      gate.close();
      control.disconnect();
      await server.stop();
    },
  };
}
