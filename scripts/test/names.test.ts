import { describe, expect, it } from "vitest";
import { names } from "../tidy/names.ts";
import { findings } from "./findings.ts";

describe("names", () => {
  it.each([
    ["core/src/utils.ts", "utils"],
    ["redis/lua/common.lua", "common"],
    ["api/src/checkout-service.ts", "service"],
    ["api/test/helpers.test.ts", "helpers"],
    ["web/src/misc/colour.ts", "misc"],
  ])("refuses %s", (path, word) => {
    expect(findings(names, { [path]: "" })).toEqual([
      `${path}:1 "${word}" says nothing: name what the file is or does`,
    ]);
  });

  it("lets a noun, a verb and other kinds of files pass", () => {
    const passing = {
      "core/src/sale.ts": "",
      "redis/lua/reserve.lua": "",
      "api/src/common-law.ts": "",
      "deploy/service.yaml": "",
    };
    expect(findings(names, passing)).toEqual([]);
  });
});
