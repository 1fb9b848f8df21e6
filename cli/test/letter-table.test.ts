import type { DeadLetter } from "@flashgate/core";
import { describe, expect, it, test } from "vitest";
import { letterJson, letterTable, type Tended, tendedJson, tendedLine, wentWell } from "../src/letter-table.ts";
import { palette } from "../src/palette.ts";

const plain = palette(false);
const LETTER: DeadLetter = {
  saleId: "2026112211",
  checkoutId: "01900000-0000-7000-8000-000000000001",
  userId: "ada",
  epoch: 2,
  cause: "23514: no",
  tries: 5,
  firstFailedAtMs: Date.UTC(2026, 10, 22, 11),
  lastFailedAtMs: Date.UTC(2026, 10, 22, 11, 0, 16),
};

test("dead letters make an aligned table", () => {
  expect(letterTable([LETTER, { ...LETTER, userId: "somebody" }], plain)).toBe(
    `checkout                              sale        user      tries  first failed (UTC)   last failed (UTC)    cause
01900000-0000-7000-8000-000000000001  2026112211  ada       5      2026-11-22 11:00:00  2026-11-22 11:00:16  23514: no
01900000-0000-7000-8000-000000000001  2026112211  somebody  5      2026-11-22 11:00:00  2026-11-22 11:00:16  23514: no`,
  );
  expect(letterTable([], plain)).toMatch(/^No dead letter/);
});

test("a dead letter for machines speaks the words of the HTTP API", () => {
  expect(letterJson(LETTER)).toEqual({
    checkout_id: LETTER.checkoutId,
    sale_id: "2026112211",
    user_id: "ada",
    epoch: 2,
    cause: "23514: no",
    tries: 5,
    first_failed_at: "2026-11-22T11:00:00.000Z",
    last_failed_at: "2026-11-22T11:00:16.000Z",
  });
});

describe("what became of one", () => {
  const confirmed = { state: "confirmed" } as const;
  it.each<[Tended, boolean, RegExp]>([
    [{ kind: "sent", saleId: "s" }, true, /sent to the judge/],
    [{ kind: "decided", saleId: "s", verdict: confirmed }, true, /decided: confirmed/],
    [{ kind: "not_held", saleId: "s" }, false, /once the gate is open/],
    [{ kind: "not_writable", saleId: "s" }, false, /mend it first/],
    [{ kind: "unknown" }, false, /flashgate dlq ls/],
  ])("%j is said in a line, and went well: %s", (outcome, well, words) => {
    expect(wentWell(outcome)).toBe(well);
    const line = tendedLine("c1", outcome, plain);
    expect([line.startsWith("c1  "), line]).toEqual([true, expect.stringMatching(words)]);
    expect(tendedJson("c1", outcome)).toEqual({
      checkout_id: "c1",
      sale_id: outcome.kind === "unknown" ? null : "s",
      outcome: outcome.kind,
      verdict: outcome.kind === "decided" ? confirmed : null,
    });
  });
});
