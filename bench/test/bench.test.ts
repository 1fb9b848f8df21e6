import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import type { Report } from "../src/figures/report.ts";

const PROGRAM = fileURLToPath(new URL("../dist/bench.js", import.meta.url));

const FEW = ["--waiting", "40", "--streams", "60", "--verdicts", "30", "--rate", "50", "--idle", "1"];
const SALE = ["--items", "120", "--workers", "16"];

/** The machine has other things to do: whether a bound is kept is not for this test to say. */
async function measure(...figures: string[]): Promise<Report> {
  const args = [PROGRAM, ...figures, ...FEW, ...SALE, "--json"];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args).catch((failed) => failed);
  expect(stderr).toBe("");
  return JSON.parse(stdout);
}

it("takes each figure from a whole deployment", async () => {
  const { takes, machine } = await measure();
  expect(takes.map(({ figure }) => figure)).toEqual(["waiting", "streams", "ticket-streams", "contest"]);
  expect(takes.flatMap(({ faults }) => faults)).toEqual([]);
  const [orders, carts, together, streams, onStream, tickets, onTicketStream, , sold] = takes
    .flatMap(({ rows }) => rows)
    .map(({ values }) => values);
  for (const lag of [orders, carts, onStream, onTicketStream]) expect(lag?.["count"]).toBe(30);
  expect(together?.["count"]).toBe(40);
  for (const lag of [orders, carts, together, onStream, onTicketStream]) expect(lag?.["p50"]).toBeGreaterThan(0);
  for (const memory of [streams, tickets]) expect(memory?.["most"]).toBeGreaterThan(50);
  expect(sold).toEqual({ receipts: 120, different: 120, sale: 120, ledger: 120 });
  expect(machine).toMatchObject({ redis: expect.stringMatching(/^\d/), postgres: expect.stringMatching(/^\d/) });
}, 300_000);
