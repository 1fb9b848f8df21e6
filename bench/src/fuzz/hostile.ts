import type { Dice } from "../siege/crowd/dice.ts";

/** Words that have broken a parser, a query, a template or a log somewhere. All of them can stand in a JSON text. */
export const WORDS: readonly string[] = [
  "",
  " ",
  "any",
  "current",
  "null",
  "undefined",
  "true",
  "-1",
  "1e400",
  "NaN",
  "0x10",
  "9007199254740993",
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  "../../etc/passwd",
  "..%2f..%2f",
  "%00",
  "%E0%A4%A",
  "%",
  "'; DROP TABLE flashgate.sales; --",
  "' OR '1'='1",
  "$1",
  "{{7*7}}",
  "#{7*7}",
  "<script>alert(1)</script>",
  "a|b",
  "a:b",
  "{x-1}",
  "*",
  "а",
  "ａｎｙ",
  "i\u030300001",
  "\u202eyna",
  "\u0000",
  "\uffff",
  "🛒".repeat(20),
  "x".repeat(65),
  "x".repeat(1_500),
];

/** A number, a word, a list or an object that nobody asked for. */
export function hostileValue(dice: Dice, depth = 0): unknown {
  switch (dice.weighted({ number: 6, word: 6, nothing: 2, truth: 1, list: 2, object: 2 })) {
    case "number":
      return dice.pick([0, -1, 1, 1.5, 10, 11, 1e21, -0, 2 ** 31, 2 ** 53, Number.MAX_VALUE, Number.MIN_VALUE]);
    case "word":
      return dice.pick(WORDS);
    case "nothing":
      return null;
    case "truth":
      return dice.chance(0.5);
    case "list":
      return depth > 4 ? [] : Array.from({ length: dice.int(0, 4) }, () => hostileValue(dice, depth + 1));
    case "object":
      return depth > 4 ? {} : hostileObject(dice, depth);
  }
}

function hostileObject(dice: Dice, depth: number): object {
  const names = ["items", "item_id", "quantity", "mode", "price", ...WORDS];
  const entries = Array.from({ length: dice.int(0, 3) }, () => [dice.pick(names), hostileValue(dice, depth + 1)]);
  return Object.fromEntries(entries);
}

/** A text with one of its characters changed, dropped or doubled, or cut short. */
export function bent(dice: Dice, text: string): string {
  const at = dice.int(0, Math.max(0, text.length - 1));
  switch (dice.weighted({ change: 4, drop: 2, double: 2, cut: 1 })) {
    case "change":
      return text.slice(0, at) + String.fromCharCode(dice.int(33, 126)) + text.slice(at + 1);
    case "drop":
      return text.slice(0, at) + text.slice(at + 1);
    case "double":
      return text.slice(0, at) + text.slice(at, at + 1) + text.slice(at);
    case "cut":
      return text.slice(0, at);
  }
}

/** The word as it may stand in a path or a query: sometimes escaped, sometimes as it is, never with what ends the line. */
export function inUrl(dice: Dice, word: string): string {
  // by way of bytes: half a surrogate pair cannot be escaped
  const escaped = encodeURIComponent(Buffer.from(word).toString());
  return dice.chance(0.7) ? escaped : word.replaceAll(/[^\x21-\x7e]|[#?]/g, "");
}

/** The word as it may stand in a header: nothing that ends its line, nothing beyond one byte. */
export function inHeader(word: string): string {
  return word.replaceAll(/[^\x20-\x7e\xa0-\xff]/g, "?");
}
