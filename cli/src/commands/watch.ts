import { Watcher } from "@flashgate/core";
import type { Command } from "commander";
import { httpUrl, secondsFrom, wholeNumber } from "../arguments.ts";
import { chosenSale } from "../chosen-sale.ts";
import { steadyClock, wallClock } from "../clock.ts";
import { CommandFault } from "../command-fault.ts";
import { faultLine } from "../fault-line.ts";
import { onInterruption } from "../interruption.ts";
import { readSecret } from "../kept-secret.ts";
import { readUpState } from "../up-state.ts";
import { OpsPorts, type OpsReading } from "../watch/ops-ports.ts";
import { Screen } from "../watch/screen.ts";
import { runWatch } from "../watch/watch-loop.ts";
import { type SaleReading, watchJson, watchLine } from "../watch/watch-record.ts";
import { watchView } from "../watch/watch-view.ts";
import { dataOption } from "./data-option.ts";
import { findAddresses, queueUrlOf, withStores } from "./stores.ts";
import { colours, isTerminal, print } from "./terminal.ts";

const INTERVAL_S_MIN = 0.25;
/** A look that takes longer tells that it did, and costs the server no more. */
const STATEMENT_TIMEOUT_MS = 5_000;

interface WatchOptions {
  readonly sale: string;
  readonly interval: number;
  readonly times?: number;
  readonly opsUrl?: readonly string[];
  readonly data: string;
  readonly json?: boolean;
}

/** `flashgate watch` */
export function addWatch(program: Command): void {
  program
    .command("watch")
    .summary("look at a running sale: stock, funnel, lag, queue, gate")
    .description(
      "Shows a sale as it sells: its stock, the way from attempts to verdicts with the reasons, lag, queue, gate and processes. On a terminal it is redrawn in place; elsewhere it is a line a look. It only reads, and rests the longer the longer a look takes.",
    )
    .option("--sale <id>", 'a sale\'s id, or "current", which moves on with the hours', "current")
    .option("--interval <s>", `seconds from look to look, ${INTERVAL_S_MIN} or more`, secondsFrom(INTERVAL_S_MIN), 1)
    .option("--times <n>", "looks, after which it ends (default: until Ctrl-C)", wholeNumber(1, 1_000_000_000))
    .option(
      "--ops-url <url>",
      "ops port of a process; may be repeated (default: those of the instance on --data)",
      httpUrl,
    )
    .option("--json", "for machines: one JSON object a line")
    .addOption(dataOption())
    .addHelpText("after", HELP)
    .action(watch);
}

const HELP = `
Stock, verdicts, lag and queue come from Postgres and Redis. Attempts, refused ones too, are counted
by the apis: they are told where their ops ports and OPS_TOKEN are known.

Examples:
  flashgate watch
  flashgate watch --sale 2026112211 --interval 0.5
  flashgate watch --json --times 1 | jq .queue`;

async function watch(options: WatchOptions): Promise<void> {
  const addresses = await findAddresses(options.data);
  const ops = opsPorts(options);
  const [{ BullQueueReader }, { inTime }] = await Promise.all([
    import("@flashgate/redis"),
    import("@flashgate/monitoring"),
  ]);
  const looking = { clock: steadyClock, inTime, faultLine };
  const work = async (stores: Parameters<Parameters<typeof withStores>[1]>[0]) => {
    const queue = new BullQueueReader(queueUrlOf(addresses), "cli");
    try {
      // One that is away is told in each look.
      await queue.whenReady().catch(() => undefined);
      const choose = () => chosenSale(stores.ledger, options.sale, wallClock);
      await show(new Watcher({ ...stores, choose, queue, ops, wallClock, looking }), options);
    } finally {
      await Promise.all([queue.close(), ops?.close()]);
    }
  };
  await withStores(addresses, work, STATEMENT_TIMEOUT_MS);
}

async function show(watcher: Watcher<OpsReading>, options: WatchOptions): Promise<void> {
  const { interval, times = Number.POSITIVE_INFINITY } = options;
  const loop = { everyMs: interval * 1_000, times, clock: steadyClock, signal: endOfWatch() };
  const look = () => watcher.look();
  if (options.json || !isTerminal(process.stdout)) {
    const line = options.json ? (reading: SaleReading) => JSON.stringify(watchJson(reading)) : watchLine;
    return runWatch({ ...loop, look, show: (reading) => print(line(reading)) });
  }
  const screen = new Screen(process.stdout);
  const palette = colours(process.stdout);
  try {
    await runWatch({
      ...loop,
      look,
      show: (reading) => screen.draw((columns) => watchView(reading, columns, palette)),
    });
  } finally {
    screen.close();
  }
}

/** Ctrl-C and its like, or nobody reads on. */
function endOfWatch(): AbortSignal {
  const deserted = new AbortController();
  process.stdout.on("error", () => deserted.abort());
  return AbortSignal.any([deserted.signal, onInterruption(() => undefined)]);
}

/** Null where no ops port is known, or no token for them. */
function opsPorts({ opsUrl, data }: WatchOptions): OpsPorts | null {
  const token = process.env["OPS_TOKEN"] || readSecret(data, "ops-token");
  if (opsUrl) {
    if (!token) throw new CommandFault("--ops-url needs the token of the processes: set OPS_TOKEN");
    return new OpsPorts(() => ({ processes: opsUrl }), token);
  }
  return token && readUpState(data) ? new OpsPorts(() => readUpState(data)?.ops_urls ?? {}, token) : null;
}
