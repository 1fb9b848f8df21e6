import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openShop, type Shop } from "../../api/test/shop.ts";
import * as library from "../src/index.ts";

let shop: Shop;
let examples: string[] = [];
beforeAll(async () => {
  shop = await openShop();
  const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
  examples = [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = ""]) => code);
});
afterAll(() => shop.stop());

/** Runs an example against the shop, as it stands in the README, and gives what it printed. */
async function run(code: string): Promise<string[]> {
  const printed: string[] = [];
  const body = code.replace(/^import \{([^}]+)\} from "@flashgate\/client";$/m, "const {$1} = library;");
  const AsyncFunction = (async () => undefined).constructor as FunctionConstructor;
  const example = new AsyncFunction("library", "console", body.replaceAll("http://127.0.0.1:3000", shop.url));
  const settling = setInterval(() => void shop.settle(), 5);
  try {
    await example(library, { log: (...words: unknown[]) => printed.push(words.join(" ")) });
  } finally {
    clearInterval(settling);
  }
  return printed;
}

it("has three examples, which do what they say", async () => {
  await shop.openSale({ id: "2026112210", items: 9 });
  expect(examples).toHaveLength(3);
  const [bought, paid, seen] = [
    await run(examples[0] ?? ""),
    await run(examples[1] ?? ""),
    await run(examples[2] ?? ""),
  ];
  expect(bought).toEqual([expect.stringMatching(/^confirmed [0-9a-f-]{36}$/)]);
  expect(paid.at(-1)).toBe("confirmed");
  expect(seen).toEqual(["5 of 9", expect.stringMatching(/^[0-9a-f-]{36} \d+$/)]);
});
