import { describe, expect, it } from "vitest";
import { complaintOf } from "../src/fuzz/complaints.ts";
import { Forge } from "../src/fuzz/forge.ts";
import { growthOf } from "../src/fuzz/memory.ts";

const JSON_PROBLEM = { "content-type": "application/problem+json; charset=utf-8" };
const problem = (status: number, over: object = {}) =>
  JSON.stringify({ type: "/problems/x", title: "X", code: "x", request_id: "r", status, ...over });

describe("an answer of a fuzz run", () => {
  it.each([
    ["a success", "GET", 200, {}, "{}"],
    ["a problem", "POST", 404, JSON_PROBLEM, problem(404)],
    ["a 503 that says when", "POST", 503, { ...JSON_PROBLEM, "retry-after": "1" }, problem(503)],
    ["the head of a problem", "HEAD", 404, JSON_PROBLEM, ""],
    ["Node's own answer to what is not HTTP", "GET", 400, {}, ""],
  ])("is right: %s", (_what, method, status, headers, body) => {
    expect(complaintOf({ method, path: "/v1" }, { status, headers, body })).toBeNull();
  });

  it.each([
    ["a 500", 500, JSON_PROBLEM, problem(500), "answered 500"],
    ["no answer", 599, {}, "no answer", "answered 599"],
    ["a 503 that does not say when", 503, JSON_PROBLEM, problem(503), "without Retry-After"],
    [
      "a stack",
      400,
      JSON_PROBLEM,
      problem(400, { detail: "Error\n    at run (x)" }).replaceAll("\\n", "\n"),
      "let out",
    ],
    ["a statement", 200, {}, '{"detail":"SELECT 1"}', "let out"],
    ["a page", 404, { "content-type": "text/html" }, "<pre>Cannot GET /</pre>", "which is no problem"],
    ["another status in the body", 404, JSON_PROBLEM, problem(400), "half a problem"],
    ["no code", 404, JSON_PROBLEM, problem(404, { code: undefined }), "half a problem"],
    ["what is not JSON", 404, JSON_PROBLEM, "{", "not JSON"],
    ["nothing where something was due", 404, {}, "", "which is no problem"],
  ])("is wrong: %s", (_what, status, headers, body, words) => {
    expect(complaintOf({ method: "POST", path: "/v1" }, { status, headers, body })).toContain(words);
  });
});

describe("an answer of the contest API", () => {
  const judge = (path: string, body: string) =>
    complaintOf({ method: "POST", path }, { status: 404, headers: { "content-type": "application/json" }, body });

  it("has a message, and only there", () => {
    expect(judge("/checkout?id=1", '{"message":"Item not found"}')).toBeNull();
    expect(judge("/sales/x/items", "{}")).toContain("without a message");
    expect(judge("/v1/sales/x", '{"message":"Item not found"}')).toContain("which is no problem");
    expect(judge("/checkouts", '{"message":"Item not found"}')).toContain("which is no problem");
  });
});

describe("growth", () => {
  it("is told from what was needed at rest", () => {
    expect(growthOf(100, 120)).toBeCloseTo(0.2);
    expect(growthOf(120, 90)).toBeCloseTo(-0.25);
  });

  it("is not told of a process that is gone", () => {
    expect(growthOf(null, 1)).toBeNull();
    expect(growthOf(1, null)).toBeNull();
  });
});

describe("the forge", () => {
  const options = { saleIds: ["x-1"], itemIds: ["i00001", "i00002"] };
  const some = (seed: number, count: number) => {
    const forge = new Forge({ seed, ...options });
    return Array.from({ length: count }, () => forge.next());
  };

  it("makes the same requests of the same seed, and others of another", () => {
    expect(some(7, 500)).toEqual(some(7, 500));
    expect(some(7, 500)).not.toEqual(some(8, 500));
  });

  it("makes no request line or header that ends early", () => {
    for (const { method, path, headers } of some(1, 5_000)) {
      expect(`${method} ${path}`).toMatch(/^[A-Z]+ \/[\x21-\x7e]*$/);
      for (const value of Object.values(headers)) expect(value).toMatch(/^[\x20-\x7e\xa0-\xff]*$/);
    }
  });

  it("asks for tickets and orders that it was told of", () => {
    const forge = new Forge({ seed: 1, ...options });
    forge.learn({ ticket: "v1.k.ticket.seal", id: "an-order" });
    const paths = Array.from({ length: 300 }, () => forge.next().path);
    expect(paths.filter((path) => path.startsWith("/v1/tickets/v1.k.ticket.seal")).length).toBeGreaterThan(30);
    expect(paths.filter((path) => path.startsWith("/v1/orders/an-order")).length).toBeGreaterThan(0);
  });
});
