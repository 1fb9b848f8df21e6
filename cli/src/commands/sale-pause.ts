import { pauseSale, resumeSale } from "@flashgate/core";
import type { Command } from "commander";
import { chosenSale } from "../chosen-sale.ts";
import { wallClock } from "../clock.ts";
import { CommandFault } from "../command-fault.ts";
import { type PauseReport, pauseJson, pauseText } from "../pause-report.ts";
import { dataOption } from "./data-option.ts";
import { findAddresses, type Stores, withStores } from "./stores.ts";
import { print, printJson } from "./terminal.ts";

const SWITCHES = [
  {
    word: "pause",
    act: pauseSale,
    summary: "stop a sale's admission, never its settlement",
    text: "Stops the admission of a sale: nobody new gets a ticket, until it is resumed. What was admitted settles, carts can be bought, and a used idempotency key goes on answering. Repeatable.",
  },
  {
    word: "resume",
    act: resumeSale,
    summary: "let a paused sale admit again",
    text: "Lets a paused sale admit again. Repeatable: a sale that is not paused stays as it is.",
  },
] as const;

type Switch = (typeof SWITCHES)[number];

/** `flashgate sale pause | resume` */
export function addPauses(sale: Command): void {
  for (const each of SWITCHES) {
    sale
      .command(each.word)
      .summary(each.summary)
      .description(each.text)
      .argument("<id>", 'the sale\'s id, or "current"')
      .option("--json", "for machines: the sale, what changed and whether the gate knows")
      .addOption(dataOption())
      .addHelpText("after", `\nExample:\n  flashgate sale ${each.word} 2026112211`)
      .action(async (id: string, { data, json }: { data: string; json?: boolean }) => {
        const report = await withStores(await findAddresses(data), (stores) => flip(each, stores, id));
        if (json) printJson(pauseJson(report));
        else print(pauseText(report));
      });
  }
}

async function flip({ word, act }: Switch, stores: Stores, choice: string): Promise<PauseReport> {
  const before = await chosenSale(stores.ledger, choice, wallClock);
  const outcome = await act(stores, before.id);
  switch (outcome.kind) {
    case "done": {
      const { sale, told } = outcome;
      return { sale, told, changed: sale.pauseVersion !== before.pauseVersion, atMs: wallClock.nowMs() };
    }
    case "sale_closed":
      throw new CommandFault(
        `Sale ${before.id} is closed and admits nobody any more, so there is nothing to ${word}: "flashgate sale list" shows which still sell`,
      );
    case "unknown_sale":
      throw new Error(`sale ${before.id} was in the ledger and is not there any more`);
    default:
      return outcome satisfies never;
  }
}
