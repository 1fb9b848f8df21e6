import { describe, expect, it } from "vitest";
import { functionsIn } from "../tidy/functions.ts";
import { size } from "../tidy/size.ts";
import { findings, lines } from "./findings.ts";

const body = (count: number) => `{\n${lines(count - 2, "  step();")}}`;

describe("size", () => {
  it("refuses a long source", () => {
    expect(findings(size, { "core/src/sale.ts": lines(251, "step();") })).toEqual([
      "core/src/sale.ts:1 251 lines, at most 250: split it by noun, verb or role",
    ]);
  });

  it.each(["core/test/sale.test.ts", "core/src/testing/gate.contract.ts"])("gives %s more room", (path) => {
    expect(findings(size, { [path]: `it("…", () => ${body(500)});` })).toEqual([]);
    expect(findings(size, { [path]: lines(501, "step();") })).toEqual([
      `${path}:1 501 lines, at most 500: split it by noun, verb or role`,
    ]);
  });

  it.each([
    ["reserve", `function reserve() ${body(71)}`],
    ["reserve", `export async function reserve<T extends object>(it: T): Promise<Map<string, T[]>> ${body(71)}`],
    ["reserve", `class Gate {\n  async reserve(id = next()): Promise<{ id: string } | undefined> ${body(71)}\n}`],
    ["reserve", `export const reserve = async ({ id }: Line) => ${body(71)};`],
    ["reserve", `export const reserve = (id: string): id is Id => ${body(71)};`],
    ["reserve", `export const reserve = (wait: () => void): (() => void) => ${body(71)};`],
    ["an arrow function", `app.get("/", (request, response) => ${body(71)});`],
    ["a function", `export default function () ${body(71)}`],
  ])("refuses a long function: %s in %#", (name, text) => {
    const [finding, ...others] = findings(size, { "core/src/sale.ts": text });
    expect(finding).toContain(`${name} has 71 lines, at most 70: name its steps`);
    expect(others).toEqual([]);
  });

  it("counts the parameters of a function as its own", () => {
    const text = `function reserve(\n  id: string,\n) ${body(69)}`;
    expect(findings(size, { "core/src/sale.ts": text })).toEqual([
      "core/src/sale.ts:1 reserve has 71 lines, at most 70: name its steps",
    ]);
  });

  it("lets through what only looks like a function, and what is generated", () => {
    const passing = {
      "core/src/sale.ts": `function reserve() ${body(70)}\n`,
      "core/src/item.ts": `export class Item extends mixin(Base) ${body(80)}`,
      "core/src/port.ts": `if (ready()) ${body(80)}\nfor (const it of all()) ${body(80)}`,
      "core/src/table.ts": `export const table = {\n${lines(80, "  a: f(1),")}};`,
      "core/src/text.ts": `export const text = \`(id) => {\n${lines(80, "text")}}\`;`,
      "drizzle/migrations/0000_start.ts": lines(300, "step();"),
      "client/src/schema.generated.ts": lines(300, "step();"),
    };
    expect(findings(size, passing)).toEqual([]);
  });
});

describe("functionsIn", () => {
  const named = (code: string) => functionsIn(code).map(({ name }) => name);

  it("finds each body once, nested ones too", () => {
    expect(named("function outer(a: string) { return run((b) => { b(a); }); }")).toEqual([
      "outer",
      "an arrow function",
    ]);
  });

  it("is not misled by a ternary, a case or a signature", () => {
    expect(named("const x = a ? b(c) : (d) => { d(); };")).toEqual(["an arrow function"]);
    expect(named("switch (x) { case f(y): { z(); } case g(y): return { z }; }")).toEqual([]);
    expect(named("interface Gate { open(id: string): Promise<void>; close(): void }")).toEqual([]);
  });
});
