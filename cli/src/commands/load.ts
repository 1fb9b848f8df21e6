import { Flashgate } from "@flashgate/client";
import type { GateReader, GateTotals } from "@flashgate/core";
import type { Command } from "commander";
import { httpUrl, positiveNumber, wholeNumber } from "../arguments.ts";
import { steadyClock, wallClock } from "../clock.ts";
import { CommandFault } from "../command-fault.ts";
import { Connection } from "../connection.ts";
import { crowdName } from "../ids.ts";
import { formatReport, reportOf } from "../load-report.ts";
import { findOpenSale, runLoad } from "../load-run.ts";
import type { LoadFacts } from "../load-verdict.ts";
import { type Moment, ProgressLine, progressText } from "../progress-line.ts";
import { errand } from "../shopper.ts";
import { Tally } from "../tally.ts";
import { readUpState } from "../up-state.ts";
import { dataOption } from "./data-option.ts";
import { stopWithParent } from "./processes.ts";
import { findAddresses, type Stores, withStores } from "./stores.ts";
import { colours, isTerminal, print, printJson } from "./terminal.ts";

const REDRAW_MS = 125;
const COLUMNS = 100;

interface LoadOptions {
  readonly sale: string;
  readonly buyers: number;
  readonly rate?: number;
  readonly units: number;
  readonly seconds: number;
  readonly url?: readonly string[];
  readonly data: string;
  readonly json?: boolean;
}

/** `flashgate load` */
export function addLoad(program: Command): void {
  program
    .command("load")
    .summary("send a crowd to a sale, and judge what it was told")
    .description(
      "Sends a crowd of unique shoppers to a sale over HTTP, each wanting any units. When the sale has nothing left for them, waits until all is settled, asks for every acknowledged ticket, and reads the verdict from Postgres.",
    )
    .option("--sale <id>", 'a sale\'s id, or "current"', "current")
    .option(
      "--buyers <n>",
      "connections; each sends its next shopper when the last was answered",
      wholeNumber(1, 10_000),
      256,
    )
    .option("--rate <n>", "shoppers a second, whether answered or not (open loop)", positiveNumber)
    .option("--units <n>", "units each shopper wants", wholeNumber(1, 10), 1)
    .option("--seconds <s>", "when to stop at the latest", wholeNumber(1, 86_400), 120)
    .option("--url <url>", "an api; may be repeated (default: those of the instance on --data)", httpUrl)
    .option("--json", "for machines: the report")
    .addOption(dataOption())
    .addHelpText("after", HELP)
    .action(load);
}

const HELP = `
With --rate, latency counts from the moment at which a shopper was due, so that a slow answer
cannot hide those behind it. A shopper who is asked to wait (429, 503) waits and sends the same
request with the same idempotency key.

Exits with 1 when the audit finds a violation, an acknowledged ticket has no verdict or another
one than the ledger says, units are still held, a crowd was told "sold out" while units were
left, a shopper was refused for anything but the sale's own reasons, or the api answered with a
5xx other than 503.

Examples:
  flashgate load                          256 buyers, until this hour's sale is sold out
  flashgate load --rate 2000 --seconds 10
  flashgate load --sale x-0198… --url http://127.0.0.1:3000 --url http://127.0.0.1:3001`;

async function load(options: LoadOptions): Promise<void> {
  stopWithParent();
  const urls = options.url ?? readUpState(options.data)?.api_urls ?? [];
  if (urls.length === 0) {
    throw new CommandFault(`No api runs on ${options.data}: start "flashgate up", or name one with --url`);
  }
  const connections = Array.from({ length: options.buyers }, (_, n) => new Connection(urls[n % urls.length] ?? ""));
  try {
    const facts = await withStores(await findAddresses(options.data), (stores) =>
      sendCrowd(options, connections, urls, stores),
    );
    const report = reportOf(facts);
    if (options.json) printJson(report);
    else print(formatReport(report, colours(process.stdout)));
    if (!report.ok) process.exitCode = 1;
  } finally {
    await Promise.all(connections.map((connection) => connection.close()));
  }
}

async function sendCrowd(
  options: LoadOptions,
  connections: readonly Connection[],
  urls: readonly string[],
  { ledger, gate }: Stores,
): Promise<LoadFacts> {
  const sale = await findOpenSale(options.sale, connections.slice(0, urls.length), steadyClock);
  const plan = {
    name: crowdName(),
    errand: errand(sale.id, options.units),
    ratePerS: options.rate ?? null,
    durationMsMax: options.seconds * 1_000,
  };
  const tally = new Tally();
  const progress = showProgress(sale.id, tally, gate);
  try {
    return await runLoad(plan, sale.id, {
      connections,
      // a ticket is asked for again in a later round
      clients: urls.map((baseUrl) => new Flashgate({ baseUrl, retriesMax: 0 })),
      ledger,
      gate,
      wallClock,
      steadyClock,
      tally,
      onPhase: progress.onPhase,
    });
  } finally {
    progress.end();
  }
}

/** A line on the terminal that is redrawn while the run goes on; nothing where nobody looks. */
function showProgress(saleId: string, tally: Tally, gate: GateReader) {
  let phase: Moment["phase"] = "selling";
  const onPhase = (next: Moment["phase"]) => {
    phase = next;
  };
  if (!isTerminal(process.stderr)) return { onPhase, end: () => undefined };

  const line = new ProgressLine(process.stderr);
  const startedMs = steadyClock.nowMs();
  let totals: GateTotals | null = null;
  const timer = setInterval(() => {
    void gate.totals(saleId).then(
      (found) => {
        totals = found?.totals ?? null;
      },
      () => {
        totals = null;
      },
    );
    const moment = { phase, totals, tally, elapsedMs: steadyClock.nowMs() - startedMs };
    line.draw(progressText(moment, process.stderr.columns || COLUMNS));
  }, REDRAW_MS);
  const end = () => {
    clearInterval(timer);
    line.clear();
  };
  return { onPhase, end };
}
