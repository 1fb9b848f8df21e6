import { expect, it } from "vitest";
import { shownJob } from "../src/queue-board/shown-job.ts";

const CHECKOUT = "0193a0a0-0000-7000-8000-000000000001";
const base = { name: "page", data: {}, opts: {}, progress: 0, returnvalue: null };
const reasonOf = (failedReason: unknown) => shownJob({ ...base, failedReason }).failedReason;

it("shows which sale and which checkouts, and how often it is tried", () => {
  const data = { saleId: "2026112512", epoch: 3, checkoutIds: [CHECKOUT] };
  const opts = { attempts: 20, backoff: { type: "fixed", delay: 250 } };
  expect(shownJob({ ...base, data, opts })).toEqual({ ...base, data, opts });
  const other = { saleId: `x-${CHECKOUT}`, checkoutId: CHECKOUT };
  expect(shownJob({ ...base, data: other }).data).toEqual(other);
});

it.each<[string, unknown, object]>([
  ["another field", { saleId: "2026112512", user: "ada" }, { saleId: "2026112512", masked: 1 }],
  ["a sale that is none", { saleId: "ada" }, { masked: 1 }],
  ["checkouts that are none", { checkoutIds: [CHECKOUT, "ada"] }, { masked: 1 }],
  ["a checkout that is an object", { checkoutId: { user: "ada" } }, { masked: 1 }],
  ["an epoch that is text", { epoch: "ada" }, { masked: 1 }],
  ["what Object has itself", { constructor: "ada", toString: "ada" }, { masked: 2 }],
  ["text", "ada", { masked: 3 }],
  ["a list", ["ada"], { masked: 1 }],
  ["nothing", null, {}],
])("masks %s", (_, data, shown) => {
  expect(shownJob({ ...base, data }).data).toEqual(shown);
});

it("masks names, results, progress and options that could say anything", () => {
  const job = { name: "Ada 77", data: {}, returnvalue: { user: "ada" }, progress: { user: "ada" }, opts: { key: "k" } };
  expect(shownJob(job)).toEqual({
    name: "[masked]",
    data: {},
    returnvalue: "[masked]",
    progress: 0,
    opts: { masked: 1 },
  });
  const backoff = { type: "Ada 77", delay: 1 };
  expect(shownJob({ ...base, opts: { backoff } }).opts).toEqual({ masked: 1 });
});

it.each<[string, string]>([
  ["job stalled more than allowable limit", "job stalled more than allowable limit"],
  [
    'duplicate key value violates unique constraint "checkouts_pkey"',
    'duplicate key value violates unique constraint "checkouts_pkey"',
  ],
  ['invalid input syntax for type uuid: "ada"', "invalid input syntax for type uuid: [masked]"],
  ["Key (user_id, key)=(ada, order-1) already exists.", "Key (user_id, key)=[masked] already exists."],
  [
    `Unexpected token 'a', ..."user":"ada"... is not valid JSON`,
    "Unexpected token [masked], ...[masked]... is not valid JSON",
  ],
  [
    'Failed query: select "user_id" from "t" where a = $1\nparams: ada',
    'Failed query: select "user_id" from "t" where a = $1',
  ],
])("tells an error's own words: %s", (reason, shown) => {
  expect(reasonOf(reason)).toBe(shown);
});

it("bounds what an error says, and keeps of its stack where it was thrown", () => {
  expect(reasonOf("x".repeat(5_000))).toHaveLength(300);
  expect(reasonOf(undefined)).toBeUndefined();
  const stack = "Error: Failed query: select $1\nparams: ada\n    at settle (file:///a.js:1:2)\n    at run (b.js:3:4)";
  expect(shownJob({ ...base, stacktrace: [stack] }).stacktrace).toEqual([
    "Error: Failed query: select $1\n    at settle (file:///a.js:1:2)\n    at run (b.js:3:4)",
  ]);
});
