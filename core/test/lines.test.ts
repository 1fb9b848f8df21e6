import { formatLines, mergeLines, parseLines, unitsOf } from "@flashgate/core";
import { describe, expect, it } from "vitest";

describe("lines", () => {
  it("name each item once, by item, whatever the order and repetition", () => {
    const lines = [
      { itemId: "b", quantity: 1 },
      { itemId: "a", quantity: 2 },
      { itemId: "b", quantity: 3 },
    ];
    const merged = mergeLines(lines);
    expect(merged).toEqual([
      { itemId: "a", quantity: 2 },
      { itemId: "b", quantity: 4 },
    ]);
    expect(unitsOf(merged)).toBe(unitsOf(lines));
  });

  it("survive being written and read", () => {
    const lines = [
      { itemId: "i00001", quantity: 1 },
      { itemId: "x_-Y", quantity: 10 },
    ];
    expect(parseLines(formatLines(lines))).toEqual(lines);
    expect(parseLines("")).toEqual([]);
  });

  it.each(["a", "a:", ":1", "a:0", "a:1.5", "a:-1", "a:1,", "a:b"])("are not read from %j", (text) => {
    expect(() => parseLines(text)).toThrow("not a line");
  });
});
