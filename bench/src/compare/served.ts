import type { Figure, Reading, Row, Settings } from "../figures/figure.ts";
import type { FixedAnswer } from "../reference/answer.ts";
import { loadPlan } from "./load-plan.ts";
import { inTurn, ratioRow, runsRow } from "./ratio.ts";
import { ReferenceApp } from "./reference-app.ts";
import { type Load, Wrk } from "./wrk.ts";

/** What a server did in a run: how much in a second, and how much for a second of one processor's time. */
export interface Served {
  readonly perSecond: number;
  readonly perCpuSecond: number;
}

export interface ServedRun extends Served {
  readonly faults: readonly string[];
}

/** A comparison with a server that does nothing: Express as the measure, and node:http as the limit of what can be had. */
export interface ServedComparison {
  /** `checkouts reserved` */
  readonly what: string;
  readonly atLeast: number;
  readonly answer: FixedAnswer;
  /** What the reference is asked. */
  readonly paths: readonly string[];
  readonly body?: string;
  /** One run of ours. */
  readonly ours: (wrk: Wrk) => Promise<ServedRun>;
}

const REFUSED_FROM = 400;

/** A name of a figure, without its measure. */
export type FigureText = Pick<Figure, "name" | "about">;

/** Rows of our server and of both references, pair by pair. */
export async function comparedRows(
  comparison: ServedComparison,
  settings: Settings,
): Promise<Pick<Reading, "rows" | "faults">> {
  const { what, answer, atLeast } = comparison;
  const wrk = await Wrk.find(process.env);
  const [express, plain] = [await ReferenceApp.start("express", answer), await ReferenceApp.start("plain", answer)];
  try {
    const theirsOf = async () => ({
      express: await referenceRun(wrk, express, comparison, settings),
      plain: await referenceRun(wrk, plain, comparison, settings),
    });
    // compiled, as ours is by now
    await theirsOf();
    const taken = await inTurn(settings.pairs, () => comparison.ours(wrk), theirsOf);
    const [ours, bare, limit] = [
      taken.ours,
      taken.theirs.map((each) => each.express),
      taken.theirs.map((each) => each.plain),
    ];
    const rows: Row[] = [
      ratioRow(`${what}/s, to what a bare Express app answers`, perSecond(ours), perSecond(bare), { atLeast }),
      ratioRow("the same for a second of processor time of all processes", perCpuSecond(ours), perCpuSecond(bare)),
      ratioRow(`${what}/s, to what plain node:http answers`, perSecond(ours), perSecond(limit)),
      ...servedRows(what, ours),
      ...servedRows("bare Express app", bare),
      ...servedRows("plain node:http", limit),
    ];
    return { rows, faults: [...ours, ...bare, ...limit].flatMap(({ faults }) => faults) };
  } finally {
    await Promise.all([express.stop(), plain.stop()]);
  }
}

export const perSecond = (runs: readonly Served[]): number[] => runs.map((run) => run.perSecond);
export const perCpuSecond = (runs: readonly Served[]): number[] => runs.map((run) => run.perCpuSecond);

function servedRows(what: string, runs: readonly Served[]): Row[] {
  return [
    runsRow(what, "/s", perSecond(runs)),
    runsRow(
      `${what}, processor time`,
      "ms each",
      perCpuSecond(runs).map((perS) => 1_000 / perS),
    ),
  ];
}

/** One run of a reference under the load that ours has. */
export async function referenceRun(
  wrk: Wrk,
  app: ReferenceApp,
  { answer, paths, body }: Pick<ServedComparison, "answer" | "paths" | "body">,
  settings: Settings,
): Promise<ServedRun> {
  const cpuMs = app.cpuMs();
  const load = await wrk.run(loadPlan(app.url, settings, paths, body));
  const isRefusal = answer.status >= REFUSED_FROM;
  return {
    ...servedOf(load, load.requests, app.cpuMs() - cpuMs),
    faults: loadFaults("the reference", load, isRefusal),
  };
}

export function servedOf({ seconds }: Load, count: number, cpuMs: number): Served {
  return { perSecond: count / seconds, perCpuSecond: (count * 1_000) / cpuMs };
}

/** A load in which all is refused, or nothing, and everything answered. */
export function loadFaults(whose: string, { requests, refused, failed }: Load, isRefusal: boolean): string[] {
  const other = isRefusal ? requests - refused : refused;
  return [
    ...(requests > 0 ? [] : [`${whose} answered nothing`]),
    ...(other > 0 ? [`${whose} answered ${other} of ${requests} otherwise than all`] : []),
    ...(failed > 0 ? [`${whose} left ${failed} requests without an answer`] : []),
  ];
}
