import {
  giveUpDeadLetter,
  listDeadLetters,
  retryDeadLetter,
  retryDeadLetters,
  type SettlementQueue,
} from "@flashgate/core";
import type { Command } from "commander";
import { wholeNumber } from "../arguments.ts";
import { CommandFault } from "../command-fault.ts";
import { letterJson, letterTable, type Tended, tendedJson, tendedLine, wentWell } from "../letter-table.ts";
import { grouped } from "../numbers.ts";
import { dataOption } from "./data-option.ts";
import { findAddresses, queueUrlOf, type Stores, withStores } from "./stores.ts";
import { colours, print, printJson } from "./terminal.ts";

const LIST_MAX = 10_000;
const OF_SALE = "only those of that sale";

interface Options {
  readonly sale?: string;
  readonly data: string;
  readonly json?: boolean;
}

/** `flashgate dlq ls | retry | give-up` */
export function addDlq(program: Command): void {
  const dlq = program
    .command("dlq")
    .summary("dead letters: checkouts that cannot be judged")
    .description(
      "Checkouts that cannot be judged because of a fault. Each keeps its units until it is retried and settles, is given up, or its sale's time to settle is over.",
    );
  dlq
    .command("ls")
    .summary("list them, with their causes")
    .description("Lists the dead letters, the oldest first.")
    .option("--sale <id>", OF_SALE)
    .option("--limit <n>", "at most so many", wholeNumber(1, LIST_MAX), 100)
    .option("--json", "for machines: an array of dead letters")
    .addOption(dataOption())
    .action(list);
  dlq
    .command("retry")
    .summary("send them to the judge again, once their cause is gone")
    .description(
      "Sends dead letters to the judge again. What settles is forgotten, what fails again is back in the list. Exits with 1 where one could not be sent.",
    )
    .argument("[checkout...]", "their ids")
    .option("--all", "every dead letter")
    .option("--sale <id>", `with --all: ${OF_SALE}`)
    .option("--json", "for machines: what became of each; with --all, of how many")
    .addOption(dataOption())
    .action(retry);
  dlq
    .command("give-up")
    .summary("cancel them: their units go back on sale")
    .description("Cancels dead letters and gives their units back. A verdict that came first stands.")
    .argument("<checkout...>", "their ids")
    .option("--json", "for machines: what became of each")
    .addOption(dataOption())
    .action(giveUp);
}

async function list({ sale, limit, data, json }: Options & { readonly limit: number }): Promise<void> {
  await withStores(await findAddresses(data), async ({ ledger }) => {
    await requireSale({ ledger }, sale);
    const page = await listDeadLetters(ledger, { saleId: sale ?? null, startingAfter: null, limit });
    if (json) return printJson(page.letters.map(letterJson));
    print(letterTable(page.letters, colours(process.stdout)));
    if (page.hasMore) print(`and more: ${grouped(await ledger.countDeadLetters())} in all sales, see --limit`);
  });
}

async function retry(
  checkoutIds: readonly string[],
  { all, sale, data, json }: Options & { readonly all?: boolean },
  command: Command,
): Promise<void> {
  if (checkoutIds.length > 0 === (all === true)) command.error("error: name checkouts, or give --all");
  if (sale !== undefined && !all) command.error("error: --sale goes with --all");
  const addresses = await findAddresses(data);
  await withStores(addresses, (stores) =>
    withQueue(queueUrlOf(addresses), async (queue) => {
      const parts = { ...stores, queue };
      if (!all) return tell(checkoutIds, json, (checkoutId) => retryDeadLetter(parts, checkoutId));
      await requireSale(stores, sale);
      const counts = await retryDeadLetters(parts, sale ?? null);
      if (json) printJson(counts);
      else print(`${counts.sent} sent to the judge again, ${counts.decided} decided, ${counts.not_held} not held now`);
      if (counts.not_held > 0) process.exitCode = 1;
    }),
  );
}

async function giveUp(checkoutIds: readonly string[], { data, json }: Options): Promise<void> {
  await withStores(await findAddresses(data), (stores) =>
    tell(checkoutIds, json, (checkoutId) => giveUpDeadLetter(stores, checkoutId)),
  );
}

/** Tends to one after the other, and tells what became of each. */
async function tell(
  checkoutIds: readonly string[],
  json: boolean | undefined,
  tend: (checkoutId: string) => Promise<Tended>,
): Promise<void> {
  const told: object[] = [];
  for (const checkoutId of checkoutIds) {
    const outcome = await tend(checkoutId);
    if (json) told.push(tendedJson(checkoutId, outcome));
    else print(tendedLine(checkoutId, outcome, colours(process.stdout)));
    if (!wentWell(outcome)) process.exitCode = 1;
  }
  if (json) printJson(told);
}

async function requireSale({ ledger }: Pick<Stores, "ledger">, saleId: string | undefined): Promise<void> {
  if (saleId === undefined || (await ledger.find(saleId))) return;
  throw new CommandFault(`--sale: the ledger knows no sale "${saleId}": list them with "flashgate sale list"`);
}

async function withQueue<Result>(url: string, work: (queue: SettlementQueue) => Promise<Result>): Promise<Result> {
  const { BullSettlementQueue } = await import("@flashgate/redis");
  const queue = new BullSettlementQueue({ url, onFault: () => undefined });
  try {
    await queue.whenReady();
    return await work(queue);
  } finally {
    await queue.close();
  }
}
