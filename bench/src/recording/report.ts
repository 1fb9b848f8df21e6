import { ATTEMPT_RECORDINGS, type AttemptRecording } from "@flashgate/core";
import type { Provenance } from "../simulation/provenance.ts";
import { type Cost, cpuMsOf, type Measurement, type Part, pairsFor, type Spread, spreadFor } from "./comparison.ts";
import type { Plan } from "./measure.ts";

interface Figure {
  readonly name: string;
  readonly digits: number;
  readonly of: (cost: Cost) => number;
  /** Never nothing, so that a ratio to it says something. */
  readonly compared?: true;
}

const FIGURES: readonly Figure[] = [
  { name: "a second", digits: 0, of: (cost) => cost.perSecond, compared: true },
  { name: "CPU ms for 1,000: api", digits: 1, of: (cost) => cost.apiMs },
  { name: "worker", digits: 1, of: (cost) => cost.workerMs },
  { name: "Postgres", digits: 1, of: (cost) => cost.postgresMs },
  { name: "all three", digits: 1, of: cpuMsOf, compared: true },
  { name: "KiB of WAL for 1,000", digits: 0, of: (cost) => cost.walKib },
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
  const cells = (attempts: AttemptRecording, { digits, of, compared }: Figure) => {
    const figure = (measurement: Measurement) => of(measurement[part]);
    const own = spreadText(spreadFor(all, attempts, figure), digits);
    if (attempts === "off") return [own];
    return [own, compared ? `× ${spreadText(pairsFor(all, attempts, figure), 2)}` : ""];
  };
  const settings = ATTEMPT_RECORDINGS.toReversed();
  return [
    row(["", "off", "accepted", "to off", "all", "to off"]),
    row(["---", "---", "---", "---", "---", "---"]),
    ...FIGURES.map((figure) => row([figure.name, ...settings.flatMap((attempts) => cells(attempts, figure))])),
  ];
}

function spreadText({ median, min, max }: Spread, digits: number): string {
  return `${number(median, digits)} (${number(min, digits)}–${number(max, digits)})`;
}

function number(value: number, digits = 0): string {
  return value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
