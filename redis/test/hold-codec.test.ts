import type { Hold } from "@flashgate/core";
import { expect, it } from "vitest";
import { decodeHold, encodeHold } from "../src/hold-codec.ts";

const hold: Hold = {
  checkoutId: "c",
  userId: "u-1",
  mode: "submitted",
  lines: [{ itemId: "a", quantity: 2 }],
  key: 'any | "key", even: this',
  fingerprint: "f",
  sinceMs: 1_795_344_818_301,
  deadlineMs: 1_795_345_718_301,
};

it("a hold survives being kept by the gate, whatever its key", () => {
  for (const each of [hold, { ...hold, key: "", fingerprint: "", mode: "cart" as const }]) {
    expect(decodeHold("c", encodeHold(each))).toEqual(each);
  }
});

it("lines that a cart was given twice are read as one", () => {
  const text = encodeHold({ ...hold, lines: [...hold.lines, { itemId: "a", quantity: 1 }] });
  expect(decodeHold("c", text).lines).toEqual([{ itemId: "a", quantity: 3 }]);
});

it.each(["", "submitted", "sold|1|2|u|f|a:1|", "submitted|1|2|u|f|a|"])("nothing is read from %j", (text) => {
  expect(() => decodeHold("c", text)).toThrow();
});
