import { readFile } from "node:fs/promises";
import { Command } from "commander";
import { expect, it, vi } from "vitest";
import { addOpenApi } from "../src/commands/openapi.ts";

it("prints the committed document", async () => {
  const write = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  const program = new Command();
  addOpenApi(program);
  await program.parseAsync(["openapi"], { from: "user" });
  const printed = write.mock.calls.map(([text]) => String(text)).join("");
  write.mockRestore();
  expect(printed).toBe(await readFile(new URL("../../docs/openapi.json", import.meta.url), "utf8"));
});
