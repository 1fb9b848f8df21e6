import { readFile } from "node:fs/promises";
import { createConfig, lintFromString } from "@redocly/openapi-core";
import { Validator } from "@seriousme/openapi-schema-validator";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CartTurns } from "../src/contest/cart-turns.ts";
import { CodeSeal } from "../src/contest/code-seal.ts";
import type { ContestDesk } from "../src/contest/desk.ts";
import { openApiDocument, openApiText, SURFACES, type SurfaceName } from "../src/openapi/document.ts";
import { SIGN_IN_PATHS } from "../src/openapi/ops/sign-in.ts";
import { PROBLEM_EXAMPLES } from "../src/openapi/problem-examples.ts";
import { codeOf } from "../src/problems.ts";
import { type Answered, eventFaultOf, faultOf } from "./conformance.ts";
import { BEARER, type OpsDesk, openOpsDesk, TOKEN } from "./ops-desk.ts";
import { ask, openShop, SECRET, type Shop } from "./shop.ts";

const CONTEST: ContestDesk = {
  codes: new CodeSeal(SECRET),
  turns: new CartTurns(),
  sales: { scheduleApart: async () => ({ kind: "exists" }) },
  recording: "all",
  learn: async () => undefined,
  isUp: { database: async () => true, redis: async () => true },
  metrics: { purchased: () => undefined, page: async () => ({ type: "text/plain", text: "" }) },
};

let shop: Shop;
let ops: OpsDesk;
let contest: Shop;
beforeAll(async () => {
  shop = await openShop();
  ops = await openOpsDesk(shop);
  contest = await openShop(() => ({ contest: CONTEST }));
});
afterAll(() => Promise.all([ops.close(), shop.stop(), contest.stop()]));

/** Where a surface is served, and the paths that it has, as Express spells them. */
function servedBy(surface: SurfaceName): { readonly url: string; readonly paths: readonly string[] } {
  switch (surface) {
    case "public":
      return shop;
    case "ops":
      return ops;
    case "contest":
      return { url: contest.url, paths: contest.paths.filter((path) => !shop.paths.includes(path)) };
  }
}

const FILES: Readonly<Record<SurfaceName, string>> = {
  public: "openapi.json",
  ops: "openapi-ops.json",
  contest: "openapi-contest.json",
};

/** A form is answered with a redirect, and there is no wrong way to ask for it. */
const OF_FORMS = /^operation-[24]xx-response: .*~1log(?:in|out)\//;

/** What the linter says of a document. Whether components are used is looked at here: it does not know `x-events`. */
async function lint(source: string): Promise<string[]> {
  const config = await createConfig({ extends: ["recommended"], rules: { "no-unused-components": "off" } });
  const problems = await lintFromString({ source, config });
  const said = problems.map(({ ruleId, message, location: [at] }) => `${ruleId}: ${message} at ${at?.pointer}`);
  return said.filter((line) => !OF_FORMS.test(line));
}

describe.each(SURFACES)("the %s document", (surface) => {
  it("is valid OpenAPI 3.1, and every reference in it leads somewhere", async () => {
    const validator = new Validator();
    expect(await validator.validate(JSON.parse(openApiText(surface)))).toEqual({ valid: true });
    expect(validator.version).toBe("3.1");
    expect(() => validator.resolveRefs()).not.toThrow();
    const document = JSON.parse(openApiText(surface));
    const refs = [...openApiText(surface).matchAll(/"\$ref": "#\/([^"]+)"/g)].map(([, ref = ""]) => ref.split("/"));
    expect(refs.length).toBeGreaterThan(30);
    for (const ref of refs) {
      const target = ref.reduce((node, name) => node?.[name], document);
      expect(target, ref.join("/")).toBeTypeOf("object");
    }
    for (const kind of ["schemas", "headers", "examples"] as const) {
      const named = new Set(refs.filter(([, of]) => of === kind).map(([, , name]) => name));
      expect(Object.keys(document.components[kind]).filter((name) => !named.has(name))).toEqual([]);
    }
  });

  it("pleases the linter, warnings included", async () => {
    expect(await lint(openApiText(surface))).toEqual([]);
    const [operation] = Object.values(openApiDocument(surface).paths).flatMap((methods) => Object.values(methods));
    const nameless = openApiText(surface).replace(JSON.stringify(Object(operation).summary), '""');
    expect(await lint(nameless)).toEqual([expect.stringMatching(/^operation-summary: /)]);
  });

  it("has exactly the paths and methods that are served", async () => {
    const { url, paths } = servedBy(surface);
    const served = new Map<string, string>();
    for (const path of paths) {
      const { headers } = await ask(url, "OPTIONS", path.replace(/:\w+/g, "x"), BEARER);
      served.set(path.replace(/:(\w+)/g, "{$1}"), headers.allow ?? "");
    }
    const documented = Object.entries(openApiDocument(surface).paths).filter(([path]) => !(path in SIGN_IN_PATHS));
    const methodsOf = documented.map(([path, methods]) => {
      const names = Object.keys(methods).map((name) => name.toUpperCase());
      return [path, [...names, ...(names.includes("GET") ? ["HEAD"] : []), "OPTIONS"].sort()];
    });
    expect(Object.fromEntries([...served].map(([path, allow]) => [path, allow.split(", ").sort()]))).toEqual(
      Object.fromEntries(methodsOf),
    );
  });

  it("names each operation once, with a tag that it explains", () => {
    const ids = [...openApiText(surface).matchAll(/"operationId": "(\w+)"/g)].map(([, id]) => id);
    expect(ids.length).toBeGreaterThan(5);
    expect(new Set(ids).size).toBe(ids.length);
    const { tags, paths } = openApiDocument(surface);
    const used = Object.values(paths).flatMap((methods) =>
      Object.values(methods as object).flatMap(({ tags }) => tags),
    );
    expect([...new Set(used)].sort()).toEqual(tags.map(({ name }) => name).sort());
  });

  it(`is committed as docs/${FILES[surface]}`, async () => {
    const committed = await readFile(new URL(`../../docs/${FILES[surface]}`, import.meta.url), "utf8");
    expect(committed === openApiText(surface), "it is stale: npm run openapi").toBe(true);
  });
});

it("the ops document has what browsers sign in with, as the ops port answers it", async () => {
  const { url } = ops;
  const post = (path: string, body: string, headers: Record<string, string> = { origin: url }) =>
    ask(url, "POST", path, headers, body);
  const asked = [
    await ask(url, "GET", "/login"),
    await post("/login", `token=${TOKEN}`),
    await post("/login", "token=x"),
    await post("/login", "token=x", {}),
    await post("/login", `token=${"x".repeat(5_000)}`),
  ];
  for (let at = 0; at < 10; at += 1) asked.push(await post("/login", "token=x"));
  const cookie = asked[1]?.headers["set-cookie"]?.[0]?.split(";", 1)[0] ?? "";
  asked.push(await post("/logout", ""), await post("/logout", "", { cookie }));
  asked.push(await post("/logout", "", { cookie, origin: url }));
  const documented = Object.values(SIGN_IN_PATHS).flatMap((methods) =>
    Object.values(methods).flatMap((operation) => Object.keys(Object(operation).responses)),
  );
  expect([...new Set(asked.map(({ status }) => String(status)))].sort()).toEqual([...new Set(documented)].sort());
});

describe("the documents", () => {
  it("share no path: what one kind of client is served no other is", () => {
    const paths = SURFACES.flatMap((surface) => Object.keys(openApiDocument(surface).paths));
    expect(new Set(paths).size).toBe(paths.length);
  });

  it("name each problem by its own code", () => {
    for (const [code, problem] of Object.entries(PROBLEM_EXAMPLES)) expect(codeOf(problem)).toBe(code);
  });

  it("of operators and of the contest are served to nobody who asks for the public one", async () => {
    const served = await ask(shop.url, "GET", "/openapi.json");
    expect(Object.keys(served.body.paths).filter((path) => /admin|^\/checkout|^\/purchase/.test(path))).toEqual([]);
  });

  it("are served, the public one, for caches too", async () => {
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

  it("is told by the document of its own surface", () => {
    const lost = { status: 404, headers, body: { ...problem, code: "route_not_found" } };
    expect(faultOf("GET", "/v1/admin/sales/x", answer)).toBeNull();
    expect(faultOf("GET", "/v1/admin/sales/x", lost)).toBeNull();
    expect(faultOf("GET", "/v1/sales/x", lost)).toMatch(/body\/code must be equal/);
    expect(faultOf("POST", "/v1/admin/sales/x/pause", { ...answer, status: 202 })).toMatch(/no such status/);
    const json = { ...headers, "content-type": "application/json" };
    const refused = { status: 404, headers: json, body: { message: "sale not found", errors: {} } };
    expect(faultOf("GET", "/sales/active", refused)).toBeNull();
    expect(faultOf("GET", "/sales/active", answer)).toMatch(/no body of type application\/problem\+json/);
    expect(faultOf("GET", "/sales/active", { ...refused, body: { message: 1, errors: {} } })).toMatch(/message/);
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
