import { readFileSync } from "node:fs";
import {
  ATTEMPT_RECORDINGS,
  type AttemptRecording,
  type CatalogueEntry,
  type Clock,
  generatedCatalogue,
  LIMIT_PER_USER,
  recoverGate,
  type SalePlan,
} from "@flashgate/core";
import { type Command, Option } from "commander";
import { wholeNumber } from "../arguments.ts";
import { CATALOGUE_ITEMS_MAX, readCatalogue } from "../catalogue-file.ts";
import { steadyClock, wallClock } from "../clock.ts";
import { CommandFault } from "../command-fault.ts";
import { Connection } from "../connection.ts";
import { randomIds } from "../ids.ts";
import { grouped } from "../numbers.ts";
import { saleJson, saleTable } from "../sale-table.ts";
import { readSale } from "../sale-view.ts";
import { until } from "../until.ts";
import { readUpState } from "../up-state.ts";
import { commandLine } from "./command-line.ts";
import { dataOption } from "./data-option.ts";
import { addPauses } from "./sale-pause.ts";
import { findAddresses, type Stores, withStores } from "./stores.ts";
import { colours, print, printJson } from "./terminal.ts";

const LIST_MAX = 100;
const DAY_SECONDS = 86_400;
/** How long a gate that somebody else opens may take, and an api to hear of a new sale. */
const OPENED_MS_MAX = 30_000;
const KNOWN_MS_MAX = 5_000;
const SILENT = { emit: () => undefined };

interface NewOptions {
  readonly items?: number;
  readonly catalogue?: string;
  readonly seconds: number;
  readonly limit: number;
  readonly settleSeconds: number;
  readonly attempts: AttemptRecording;
  readonly data: string;
  readonly json?: boolean;
}

/** `flashgate sale list | new | pause | resume` */
export function addSale(program: Command): void {
  const sale = program
    .command("sale")
    .summary("list sales, put on one of your own, pause and resume")
    .description("Lists sales, puts on one of your own beside the hourly ones, and pauses and resumes any.");
  sale
    .command("list")
    .summary("the most recent sales")
    .description(`The ${LIST_MAX} most recent sales, newest window first, as the ledger has them.`)
    .option("--json", "for machines: an array of sales")
    .addOption(dataOption())
    .addHelpText("after", "\nExample:\n  flashgate sale list --json | jq .[0].id")
    .action(listSales);
  sale
    .command("new")
    .summary("put on a sale that is open when the command returns")
    .description("Puts on a sale that opens now; it is open when the command returns. Its id is x-<uuid>.")
    .option("--items <n>", "so many generated items of one unit each", wholeNumber(1, CATALOGUE_ITEMS_MAX))
    .option("--catalogue <file>", "the items of a JSON file (see below)")
    .option("--seconds <s>", "how long it is open", wholeNumber(1, 366 * DAY_SECONDS), 3_600)
    .option("--limit <units>", "units one user may have", wholeNumber(1, 1_000), LIMIT_PER_USER)
    .option(
      "--settle-seconds <s>",
      "how long accepted checkouts may settle after the close",
      wholeNumber(0, DAY_SECONDS),
      900,
    )
    .addOption(
      new Option("--attempts <which>", "attempts that are kept, for the audit and for look-ups")
        .choices(ATTEMPT_RECORDINGS)
        .default("all")
        .env("ATTEMPTS"),
    )
    .option("--json", "for machines: the sale")
    .addOption(dataOption())
    .addHelpText(
      "after",
      `
A catalogue is a JSON array; price is in minor units, and an item without an id gets one by its place:
  [{"name": "Brass lamp", "image": "/lamp.jpg", "price": 4900, "stock": 25, "id": "lamp"}]

Examples:
  flashgate sale new --items 10000
  flashgate sale new --catalogue shop.json --seconds 600 --limit 2`,
    )
    .action(newSale);
  addPauses(sale);
}

async function listSales({ data, json }: { data: string; json?: boolean }): Promise<void> {
  await withStores(await findAddresses(data), async ({ ledger }) => {
    const sales = await ledger.list({ limit: LIST_MAX });
    const nowMs = wallClock.nowMs();
    if (json)
      print(
        JSON.stringify(
          sales.map((sale) => saleJson(sale, nowMs)),
          null,
          2,
        ),
      );
    else print(saleTable(sales, nowMs, colours(process.stdout)));
  });
}

async function newSale(options: NewOptions, command: Command): Promise<void> {
  const id = randomIds.saleId();
  const catalogue = chosenCatalogue(options, id, command);
  const plan = planOf(id, options, wallClock);
  await withStores(await findAddresses(options.data), async (stores) => {
    await stores.ledger.schedule(plan, catalogue);
    await openNow(stores, id);
    await knownToApis(options.data, id);
    const sale = await stores.ledger.find(id);
    if (!sale) throw new Error(`sale ${id} was scheduled and is not there`);
    if (options.json) return printJson(saleJson(sale, wallClock.nowMs()));
    const closes = new Date(plan.closesAtMs).toISOString().slice(0, 19).replace("T", " ");
    print(`Sale ${id} is open: ${grouped(sale.totalItems)} units until ${closes} UTC.`);
    print(`  ${commandLine(`load --sale ${id}`, options.data)}`);
  });
}

function chosenCatalogue(
  { items, catalogue }: NewOptions,
  saleId: string,
  command: Command,
): readonly CatalogueEntry[] {
  if ((items === undefined) === (catalogue === undefined)) {
    command.error("error: give either --items <n> or --catalogue <file>");
  }
  if (catalogue === undefined) return generatedCatalogue(saleId, items ?? 0);
  const reading = readCatalogue(readText(catalogue));
  if (reading.kind === "catalogue") return reading.entries;
  throw new CommandFault([`${catalogue} is no catalogue:`, ...reading.faults].join("\n  "));
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new CommandFault(`--catalogue ${file} cannot be read: ${(error as Error).message}`);
  }
}

/** Opens on the whole second that has begun: it reads well, and a gate whose clock is a little behind admits too. */
function planOf(id: string, { seconds, limit, settleSeconds, attempts }: NewOptions, clock: Clock): SalePlan {
  const opensAtMs = Math.floor(clock.nowMs() / 1_000) * 1_000;
  const closesAtMs = opensAtMs + seconds * 1_000;
  const settleUntilMs = closesAtMs + settleSeconds * 1_000;
  return { id, opensAtMs, closesAtMs, settleUntilMs, limitPerUser: limit, attempts };
}

/** Opens the gate, or waits for the scheduler that was quicker. */
async function openNow({ ledger, opening }: Stores, saleId: string): Promise<void> {
  const parts = { ledger, opening, clock: wallClock, telemetry: SILENT };
  if ((await recoverGate(parts, saleId, 0)) === "opened") return;
  const opened = await until(
    async () => {
      const sale = await ledger.find(saleId);
      return sale?.state === "open" && (await opening.isOpen(saleId, sale.openEpoch)) ? true : null;
    },
    { clock: steadyClock, everyMs: 50, timeoutMs: OPENED_MS_MAX },
  );
  if (!opened)
    throw new CommandFault(`Sale ${saleId} is scheduled, but its gate does not open: see the scheduler's log`);
}

/** A new sale reaches the apis as an event; whoever reads our output may be quicker. */
async function knownToApis(dataDir: string, saleId: string): Promise<void> {
  for (const url of readUpState(dataDir)?.api_urls ?? []) {
    const connection = new Connection(url);
    const known = async () => ((await readSale(connection, saleId)).kind === "sale" ? true : null);
    await until(known, { clock: steadyClock, everyMs: 20, timeoutMs: KNOWN_MS_MAX });
    await connection.close();
  }
}
