import { formatLines, type Line, mergeLines } from "@flashgate/core";
import type { SiegeSale } from "../history.ts";
import type { Dice } from "./dice.ts";

/** What a shopper asks for, as the request's items and as one word that is the same for the same wish. */
export interface Wish {
  readonly items: readonly { readonly item_id: string; readonly quantity: number }[];
  readonly text: string;
}

/** What shoppers want and how often: most one or two of whatever is left, many a certain thing, a few of them the same. */
const TASTES = { any: 50, few: 14, hot: 8, named: 16, several: 7, mixed: 4, all: 1 };
/** The first items of a sale are the ones that everybody saw advertised. */
const HOT_ITEMS = 3;
const SEVERAL_LINES_MAX = 4;

export function wishFor(dice: Dice, sale: SiegeSale): Wish {
  const item = () => dice.pick(sale.itemIds);
  switch (dice.weighted(TASTES)) {
    case "any":
      return wish([], 1);
    case "few":
      return wish([], 2 + dice.below(2));
    case "hot":
      return wish([{ itemId: sale.itemIds[dice.below(HOT_ITEMS)] ?? item(), quantity: 1 }]);
    case "named":
      return wish([{ itemId: item(), quantity: 1 + dice.below(2) }]);
    case "several":
      return wish(
        Array.from({ length: 2 + dice.below(SEVERAL_LINES_MAX - 1) }, () => ({ itemId: item(), quantity: 1 })),
      );
    case "mixed":
      return wish([{ itemId: item(), quantity: 1 }], 1 + dice.below(2));
    case "all":
      return wish([], sale.limitPerUser);
  }
}

/** `any` units of whatever is left, and these lines. */
export function wish(lines: readonly Line[], any = 0): Wish {
  const merged = mergeLines(lines);
  const items = merged.map(({ itemId, quantity }) => ({ item_id: itemId, quantity }));
  const anything = any > 0 ? [{ item_id: "any", quantity: any }] : [];
  return { items: [...items, ...anything], text: `${any}+${formatLines(merged)}` };
}

/** Units that a wish's text asks for. */
export function unitsWished(text: string): number {
  const plus = text.indexOf("+");
  const lines = text.slice(plus + 1).split(",");
  const named = lines.map((line) => Number(line.slice(line.lastIndexOf(":") + 1)) || 0);
  return Number(text.slice(0, plus)) + named.reduce((sum, units) => sum + units, 0);
}
