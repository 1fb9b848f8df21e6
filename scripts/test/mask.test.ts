// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the samples are code
import { describe, expect, it } from "vitest";
import { maskOf } from "../tidy/mask.ts";

const codeOf = (text: string, path = "core/src/sale.ts") => maskOf({ path, text }).code;

describe("the code of a TypeScript file", () => {
  it.each([
    ["a line comment", "a(); // b()", "a();       "],
    ["a block comment", "a(/* b */ c)", "a(        c)"],
    ["both quotes", `a("b\\"c", 'd')`, `a("    ", ' ')`],
    ["a comment in a string", 'a("//", b)', 'a("  ", b)'],
    ["a string in a comment", 'a(); // "\nb("c")', 'a();     \nb(" ")'],
    ["a template", "a(`b ${c(`d ${e} }`)} f`)", "a(`  ${c(`  ${e}  `)}  `)"],
    ["an object in a template", "`a ${{ b: {} }} c`; d", "`  ${{ b: {} }}  `; d"],
    ["an escaped template", "`\\` \\${a}`; b", "`        `; b"],
    ["a regular expression", "a(/[\"'`/]\\//g, b)", "a(           , b)"],
    ["a regular expression that is returned", "return /'/.test(a)", "return    .test(a)"],
    ["a division", 'a / b / c("d")', 'a / b / c(" ")'],
    ["a division of a call", 'a() / 2; b("/")', 'a() / 2; b(" ")'],
  ])("blanks %s", (_, text, code) => {
    expect(codeOf(text)).toBe(code);
  });

  it("keeps every offset and every line", () => {
    const text = "/* a\n b */ `c\n${d}\n` /* é𝒜 */ e";
    expect(codeOf(text)).toHaveLength(text.length);
    expect(codeOf(text).split("\n")).toHaveLength(4);
    expect(codeOf(text).indexOf("e")).toBe(text.indexOf("e"));
  });

  it("keeps strings where only comments are unwanted, and lists them", () => {
    const { uncommented, strings } = maskOf({ path: "core/src/sale.ts", text: 'a("b", `c`); // "d"' });
    expect(uncommented).toBe('a("b", `c`);       ');
    expect(strings).toEqual([
      { start: 3, value: "b" },
      { start: 8, value: "c" },
    ]);
  });
});

describe("the code of a Lua file", () => {
  it.each([
    ["a comment", 'a() -- "b"', "a()       "],
    ["a long comment", "a() --[[ b\nc ]] d", "a()       \n     d"],
    ["strings", `a("b--c", 'd')`, `a("    ", ' ')`],
    ["a long string", "a([[b\nc]])", "a([[ \n ]])"],
  ])("blanks %s", (_, text, code) => {
    expect(codeOf(text, "redis/lua/reserve.lua")).toBe(code);
  });
});
