import { expect, it } from "vitest";
import { briefOf, errorFields, originOf } from "../src/error-fields.ts";

const refused = Object.assign(new Error("connect ECONNREFUSED 127.0.0.1:5432"), { code: "ECONNREFUSED" });

it("is told in one short line by its cause", () => {
  expect(briefOf(new Error("Failed query: select 1", { cause: refused }))).toBe(
    "ECONNREFUSED: connect ECONNREFUSED 127.0.0.1:5432",
  );
  expect(briefOf(new TypeError("no"))).toBe("TypeError: no");
  expect(briefOf("just text")).toBe("just text");
  expect(briefOf(new Error("x".repeat(10_000))).length).toBeLessThan(310);
});

it("has the same origin as what failed in the same way, whatever it says", () => {
  const failed = (message: string) => new Error(message, { cause: refused });
  expect(originOf(failed("Failed query: a"))).toBe(originOf(failed("Failed query: b")));
  expect(originOf(failed("Failed query: a"))).not.toBe(originOf(new Error("Failed query: a")));
  expect(originOf("text")).toBe("");
  const round = new Error("round");
  round.cause = round;
  expect(originOf(round).length).toBeLessThan(100);
});

it("quotes no parameters of a statement, at whatever depth", () => {
  const query = new Error("Failed query: select 1 where $1\nparams: ada,a\nkey", { cause: refused });
  const fields = errorFields(new Error("the page failed", { cause: query }));
  expect(fields.cause?.message).toBe("Failed query: select 1 where $1");
  expect(fields.cause?.cause?.code).toBe("ECONNREFUSED");
  expect(JSON.stringify(fields)).not.toContain("ada");
});
