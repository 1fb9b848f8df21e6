import { ATTEMPT_RECORDINGS, type AttemptRecording } from "@flashgate/core";
import type { Provenance } from "../simulation/provenance.ts";
import { type Cost, cpuMsOf, type Measurement, type Part, pairsFor, type Spread, spreadFor } from "./comparison.ts";
import type { Plan } from "./measure.ts";

const FIGURES: readonly (readonly [name: string, digits: number, of: (cost: Cost) => number])[] = [
  ["a second", 0, (cost) => cost.perSecond],
  ["CPU ms for 1,000: api", 1, (cost) => cost.apiMs],
  ["worker", 1, (cost) => cost.workerMs],
  ["Postgres", 1, (cost) => cost.postgresMs],
  ["all three", 1, cpuMsOf],
  ["KiB of WAL for 1,000", 0, (cost) => cost.walKib],
];
const TITLES: Readonly<Record<Part, string>> = {
  checkouts: "Checkouts, from the first request to the last commit",
  refusals: "Refusals of a sale that is sold out, answered from memory",
};

/** The comparison as Markdown: median (min–max) of every figure, and of its ratio to `off` in the same round. */
export function reportText(all: readonly Measurement[], plan: Plan, { command, commit, machine }: Provenance): string {
  return [
    `\`${command}\`, commit \`${commit}\`, ${machine}.`,
    `${plan.rounds} rounds, each of the three in turn; ${number(plan.checkouts)} checkouts and ${number(plan.refusals)} refusals a sale, ${plan.connections} at once.`,
    ...(["checkouts", "refusals"] as const).flatMap((part) => ["", `## ${TITLES[part]}`, "", ...tableOf(all, part)]),
    "",
  ].join("\n");
}

function tableOf(all: readonly Measurement[], part: Part): string[] {
  const row = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const cells = (attempts: AttemptRecording, of: (cost: Cost) => number, digits: number) => {
    const figure = (measurement: Measurement) => of(measurement[part]);
    const own = spreadText(spreadFor(all, attempts, figure), digits);
    return attempts === "off" ? [own] : [own, `× ${spreadText(pairsFor(all, attempts, figure), 2)}`];
  };
  return [
    row(["", "off", "accepted", "to off", "all", "to off"]),
    row(["---", "---", "---", "---", "---", "---"]),
    ...FIGURES.map(([name, digits, of]) =>
      row([name, ...ATTEMPT_RECORDINGS.toReversed().flatMap((attempts) => cells(attempts, of, digits))]),
    ),
  ];
}

function spreadText({ median, min, max }: Spread, digits: number): string {
  return `${number(median, digits)} (${number(min, digits)}–${number(max, digits)})`;
}

function number(value: number, digits = 0): string {
  return value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
