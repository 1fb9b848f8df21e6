import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { Argument, Command } from "commander";
import { resultsText } from "./compare/results.ts";
import { Shops } from "./compare/shops.ts";
import { count } from "./count-option.ts";
import { FIGURES } from "./figures/catalogue.ts";
import { DEFAULTS, type Figure, type Settings } from "./figures/figure.ts";
import { type Report, reportText, type Take, takeOf } from "./figures/report.ts";
import { endProgram } from "./fleet/ending.ts";
import { provenanceOf } from "./provenance.ts";

interface Options extends Omit<Settings, "ratePerS" | "idleS" | "restS"> {
  readonly rate: number;
  readonly idle: number;
  readonly rest: number;
  readonly times: number;
  readonly json?: boolean;
  readonly out?: string;
  readonly results?: string;
  readonly chart?: string;
  readonly shared?: boolean;
}

/** A cart waits two minutes for its shopper, whom the line in front of it may not keep longer. */
const CAUSING_S_MAX = 45;

const program = new Command("bench")
  .description(
    "Measures what is promised with a number, each figure on a deployment of its own: flashgate up with its defaults, in a temporary folder. Exits with 1 where a promise is not kept.",
  )
  .addArgument(new Argument("[figures...]", "which; by default all").choices(FIGURES.map(({ name }) => name)))
  .option("--times <n>", "how often each is taken, in turn", count, 1)
  .option("--waiting <n>", "shoppers who wait at a time", count, DEFAULTS.waiting)
  .option("--streams <n>", "streams that are open at a time", count, DEFAULTS.streams)
  .option("--verdicts <n>", "verdicts of each kind", count, DEFAULTS.verdicts)
  .option("--rate <n>", "verdicts caused in a second", count, DEFAULTS.ratePerS)
  .option("--idle <s>", "seconds for which streams are left idle", count, DEFAULTS.idleS)
  .option("--rest <s>", "seconds for which an api is left alone before it is looked at", count, DEFAULTS.restS)
  .option("--items <n>", "items that are sold", count, DEFAULTS.items)
  .option("--workers <n>", "shoppers at once who buy them", count, DEFAULTS.workers)
  .option("--pairs <n>", "how often two things are compared, in turn", count, DEFAULTS.pairs)
  .option("--seconds <s>", "how long each of them is under load", count, DEFAULTS.seconds)
  .option("--connections <n>", "connections of that load", count, DEFAULTS.connections)
  .option("--rows <n>", "orders in the tables that are to hold many", count, DEFAULTS.rows)
  .option("--queued <n>", "orders that wait at a time", count, DEFAULTS.queued)
  .option("--shared", "one deployment for all comparisons: quicker, and later ones find what earlier ones sold")
  .option("--json", "the report, for machines, on standard output")
  .option("--out <file>", "the report, for machines, in a file")
  .option("--results <file>", "the report as a table of Markdown, in a file")
  .option("--chart <file>", "how the last sell-out went, as an image (SVG)")
  .addHelpText("after", `\nFigures:\n${FIGURES.map(({ name, about }) => `  ${name.padEnd(16)}${about}`).join("\n")}`)
  .action(bench);

await program.parseAsync();

async function bench(names: readonly string[], options: Options): Promise<void> {
  const { rate, idle, rest, times, json, out, results, chart, shared = false, ...others } = options;
  const settings: Settings = { ...others, ratePerS: rate, idleS: idle, restS: rest };
  if (settings.verdicts / settings.ratePerS > CAUSING_S_MAX) {
    program.error(`error: --verdicts at --rate take more than ${CAUSING_S_MAX} s: carts would lapse meanwhile`);
  }
  // A report that cannot be written is told before the run, not after it.
  for (const file of [out, results, chart])
    if (file !== undefined) mkdirSync(dirname(resolve(file)), { recursive: true });
  const { report, charts } = await takeAll(names, times, settings, new Shops(shared));
  const text = `${JSON.stringify(report, null, 2)}\n`;
  process.stdout.write(json ? text : `${reportText(report)}\n`);
  if (out !== undefined) writeFileSync(resolve(out), text);
  if (results !== undefined) writeFileSync(resolve(results), resultsText(report));
  const [last] = charts.slice(-1);
  if (chart !== undefined && last !== undefined) writeFileSync(resolve(chart), last);
  if (!report.ok) process.exitCode = 1;
  endProgram();
}

interface Taken {
  readonly report: Report;
  /** Of the figures that have one. */
  readonly charts: readonly string[];
}

async function takeAll(names: readonly string[], times: number, settings: Settings, shops: Shops): Promise<Taken> {
  const startedAt = new Date().toISOString();
  const chosen = FIGURES.filter(({ name }) => names.length === 0 || names.includes(name));
  const inTurn: readonly Figure[] = Array.from({ length: times }, () => chosen).flat();
  const takes: Take[] = [];
  const charts: string[] = [];
  let [redis, postgres] = ["", ""];
  try {
    for (const figure of inTurn) {
      if (process.stderr.isTTY) process.stderr.write(`${figure.name} …\n`);
      try {
        const reading = await figure.measure(settings, shops);
        takes.push(takeOf(figure.name, reading));
        if (reading.chart !== undefined) charts.push(reading.chart);
        ({ redis, postgres } = reading);
      } catch (error) {
        // the others are still worth something
        takes.push(takeOf(figure.name, { rows: [], faults: [faultOf(error)] }));
      }
    }
  } finally {
    await shops.close();
  }
  const ok = takes.every((take) => take.ok);
  const stores = { redis, postgres };
  return { report: { ok, ...provenanceOf("bench"), startedAt, stores, settings, takes }, charts };
}

function faultOf(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error);
}
