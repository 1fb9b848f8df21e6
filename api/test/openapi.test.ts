import { readFile } from "node:fs/promises";
import { Validator } from "@seriousme/openapi-schema-validator";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openApiDocument, openApiText } from "../src/openapi/document.ts";
import { PROBLEM_EXAMPLES } from "../src/openapi/problem-examples.ts";
import { codeOf } from "../src/problems.ts";
import { type Answered, eventFaultOf, faultOf } from "./conformance.ts";
import { ask, openShop, type Shop } from "./shop.ts";

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.stop());

describe("the document", () => {
  it("is valid OpenAPI 3.1, and every reference in it leads somewhere", async () => {
    const validator = new Validator();
    expect(await validator.validate(JSON.parse(openApiText()))).toEqual({ valid: true });
    expect(validator.version).toBe("3.1");
    expect(() => validator.resolveRefs()).not.toThrow();
    const document = JSON.parse(openApiText());
    const refs = [...openApiText().matchAll(/"\$ref": "#\/([^"]+)"/g)].map(([, ref = ""]) => ref.split("/"));
    expect(refs.length).toBeGreaterThan(100);
    for (const ref of refs) {
      const target = ref.reduce((node, name) => node?.[name], document);
      expect(target, ref.join("/")).toBeTypeOf("object");
    }
  });

  it("has exactly the paths and methods that the app serves", async () => {
    const served = new Map<string, string>();
    for (const path of shop.paths) {
      const { headers } = await ask(shop.url, "OPTIONS", path.replace(/:\w+/g, "x"));
      served.set(path.replace(/:(\w+)/g, "{$1}"), headers.allow ?? "");
    }
    const documented = Object.entries(openApiDocument().paths).map(([path, methods]) => {
      const names = Object.keys(methods).map((name) => name.toUpperCase());
      return [path, [...names, ...(names.includes("GET") ? ["HEAD"] : []), "OPTIONS"].sort()];
    });
    expect(Object.fromEntries([...served].map(([path, allow]) => [path, allow.split(", ").sort()]))).toEqual(
      Object.fromEntries(documented),
    );
  });

  it("names each operation once, and each problem by its own code", () => {
    const ids = [...openApiText().matchAll(/"operationId": "(\w+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [code, problem] of Object.entries(PROBLEM_EXAMPLES)) expect(codeOf(problem)).toBe(code);
  });

  it("is committed as docs/openapi.json", async () => {
    const committed = await readFile(new URL("../../docs/openapi.json", import.meta.url), "utf8");
    expect(committed === openApiText(), "it is stale: npm run build && npx flashgate openapi > docs/openapi.json").toBe(
      true,
    );
  });

  it("is served, for caches too", async () => {
    const served = await ask(shop.url, "GET", "/openapi.json");
    expect(served).toMatchObject({ status: 200, headers: { "cache-control": "public, max-age=300" } });
    expect(served.body).toEqual(JSON.parse(openApiText()));
    const same = await ask(shop.url, "GET", "/openapi.json", { "if-none-match": String(served.headers.etag) });
    expect(same).toMatchObject({ status: 304, body: "", headers: { "cache-control": "public, max-age=300" } });
  });
});

describe("an answer that is not as the document says", () => {
  const problem = {
    type: "/problems/sale_not_found",
    title: "Not found",
    status: 404,
    code: "sale_not_found",
    detail: "There is no such sale.",
    request_id: "r",
  };
  const headers = { "x-request-id": "r", "cache-control": "no-store", "content-type": "application/problem+json" };
  const answer: Answered = { status: 404, headers, body: problem };
  const fault = (over: Partial<Answered>, method = "GET", path = "/v1/sales/x?a=b") =>
    faultOf(method, path, { ...answer, ...over });

  it("is told, with its route and what is wrong", () => {
    expect(fault({})).toBeNull();
    expect(fault({}, "GET", "/nowhere")).toBeNull();
    expect(fault({ status: 418 })).toBe("GET /v1/sales/{sale} answered 418: the document has no such status");
    expect(fault({}, "PUT")).toBe("PUT /v1/sales/{sale} answered 404: the document has no such method");
    expect(fault({ headers: { ...headers, "cache-control": undefined } })).toMatch(/header cache-control is missing/);
    expect(fault({ headers: { ...headers, location: "/x" } })).toMatch(/does not say that there is location/);
    expect(fault({ headers: { ...headers, "content-type": "text/html" } })).toMatch(/no body of type text\/html/);
    expect(fault({ body: { ...problem, code: "sold_out" } })).toMatch(/body\/code must be equal to one of the allowed/);
    expect(fault({ body: { ...problem, stack: "…" } })).toMatch(/must NOT have additional properties/);
    expect(fault({ body: { ...problem, detail: undefined } })).toMatch(/must have required property 'detail'/);
    expect(fault({}, "GET", "/v1/tickets/x")).toMatch(/^GET \/v1\/tickets\/{ticket} answered 404: body\/code/);
  });

  it("is told of streams", () => {
    const sale = "/v1/sales/x/events";
    expect(eventFaultOf(sale, "phase", { phase: "open", server_time: "2026-11-22T10:30:00.000Z" })).toBeNull();
    expect(eventFaultOf(sale, "phase", { phase: "over", server_time: "2026-11-22T10:30:00.000Z" })).toMatch(/phase/);
    expect(eventFaultOf(sale, "verdict", {})).toMatch(/no such event/);
  });
});

describe("the page that shows the document", () => {
  it("runs and loads nothing but what this server has", async () => {
    const page = await ask(shop.url, "GET", "/docs");
    expect(page).toMatchObject({
      status: 200,
      headers: {
        "content-type": "text/html; charset=utf-8",
        "content-security-policy":
          "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
      },
    });
    expect(page.body).not.toMatch(/<script>|<style|\son\w+=|style=|https?:/);
    const named = [...page.body.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, path]) => path);
    expect(named).toHaveLength(3);
    for (const path of named) {
      const file = await ask(shop.url, "GET", path);
      const type = path.endsWith(".css") ? "text/css" : "text/javascript";
      expect(file).toMatchObject({ status: 200, headers: { "content-type": `${type}; charset=utf-8` } });
      expect(file.body.length).toBeGreaterThan(50);
    }
    const start = await ask(shop.url, "GET", "/docs/start.js");
    const [, url = ""] = /url: "([^"]+)"/.exec(start.body) ?? [];
    expect((await ask(shop.url, "GET", url)).body).toMatchObject({ openapi: expect.stringMatching(/^3\.1\./) });
    expect(start.body).toContain("validatorUrl: null");
  });

  it("gives away no other file", async () => {
    for (const path of ["/docs/index.html", "/docs/..%2Fpackage.json", "/docs/swagger-ui.css.map"]) {
      expect(await ask(shop.url, "GET", path)).toMatchObject({ status: 404, body: { code: "route_not_found" } });
    }
  });
});
