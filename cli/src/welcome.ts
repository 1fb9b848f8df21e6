import { grouped } from "./numbers.ts";
import type { Palette } from "./palette.ts";
import type { SaleView } from "./sale-view.ts";

export interface Welcome {
  readonly tookMs: number;
  readonly apiUrls: readonly string[];
  readonly opsUrl: string;
  /** Where the token of the ops ports is. */
  readonly opsToken: string;
  /** Null where hourly sales are off. */
  readonly sale: SaleView | null;
  readonly dataDir: string;
  readonly logsDir: string;
  /** A command of this program as a line to paste. */
  readonly line: (words: string) => string;
}

/** What `up` says once everything runs. */
export function welcomeText(welcome: Welcome, { bold, dim }: Palette): string {
  const { tookMs, apiUrls, opsUrl, opsToken, sale, dataDir, logsDir, line } = welcome;
  const row = (name: string, text: string) => `  ${dim(name.padEnd(6))}${text}`;
  const [url = ""] = apiUrls;
  return [
    bold(`Flashgate is up, after ${(tookMs / 1_000).toFixed(1)} s.`),
    "",
    row("shop", `${url}/`),
    row("api", apiUrls.join("  ")),
    row("sale", sale ? saleText(sale) : `none; make one: ${line("sale new --items 1000")}`),
    row("ops", `${opsUrl}/   ${dim("token")} ${opsToken}`),
    row("data", `${dataDir}   ${dim("logs")} ${logsDir}`),
    "",
    "Buy one:",
    `  curl -s ${url}/v1/sales/current/checkouts -H 'content-type: application/json' -H 'x-user-id: ada' -d '{"items":[{"item_id":"any","quantity":1}]}'`,
    "",
    "Sell out, in another terminal:",
    `  ${line("load --buyers 256")}`,
    "",
    dim("Ctrl-C stops everything, in order."),
  ].join("\n");
}

function saleText({ id, closes_at, stock }: SaleView): string {
  return `${id}   ${grouped(stock.available)} of ${grouped(stock.total)} units left, until ${closes_at.slice(11, 16)} UTC`;
}
