import { readFile } from "node:fs/promises";
import { SURFACES } from "@flashgate/api/openapi";
import { Command } from "commander";
import { expect, it, vi } from "vitest";
import { addOpenApi } from "../src/commands/openapi.ts";

async function printedWith(...args: string[]): Promise<string> {
  const write = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  const program = new Command();
  addOpenApi(program);
  await program.parseAsync(["openapi", ...args], { from: "user" });
  const printed = write.mock.calls.map(([text]) => String(text)).join("");
  write.mockRestore();
  return printed;
}

const committed = (name: string) => readFile(new URL(`../../docs/${name}.json`, import.meta.url), "utf8");

it("prints the committed document", async () => {
  expect(await printedWith()).toBe(await committed("openapi"));
});

it("prints the document of each surface that there is", async () => {
  for (const surface of SURFACES) {
    const name = surface === "public" ? "openapi" : `openapi-${surface}`;
    expect(await printedWith("--surface", surface)).toBe(await committed(name));
  }
});
