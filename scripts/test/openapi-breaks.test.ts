import { describe, expect, it } from "vitest";
import { breaksBetween } from "../openapi/breaks.ts";
import type { Node } from "../openapi/node.ts";

/** A small API that has one of everything that is compared. */
const DOCUMENT = {
  openapi: "3.1.1",
  security: [],
  paths: {
    "/things/{thing}": {
      get: {
        operationId: "readThing",
        parameters: [
          { name: "thing", in: "path", required: true, schema: { type: "string" } },
          { name: "limit", in: "query", schema: { type: "integer", minimum: 1, maximum: 100 } },
          { name: "Prefer", in: "header", schema: { type: "string" } },
        ],
        responses: {
          "200": {
            headers: { etag: { $ref: "#/components/headers/etag" } },
            content: { "application/json": { schema: { $ref: "#/components/schemas/Thing" } } },
          },
          "304": {},
          "404": { content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } } },
        },
      },
      post: {
        operationId: "changeThing",
        security: [{ bearer: [] }, { user: [] }],
        requestBody: { content: { "application/json": { schema: { $ref: "#/components/schemas/Change" } } } },
        responses: {
          "200": {
            content: {
              "text/event-stream": {
                schema: { type: "string" },
                "x-events": { snapshot: { $ref: "#/components/schemas/Thing" }, end: { type: "object" } },
              },
            },
          },
        },
      },
    },
    "/things": { get: { operationId: "listThings", responses: { "200": {} } } },
  },
  components: {
    securitySchemes: {
      bearer: { type: "http", scheme: "bearer" },
      user: { type: "apiKey", in: "header", name: "X-User-Id" },
    },
    headers: { etag: { required: true, schema: { type: "string" } } },
    schemas: {
      Thing: {
        type: "object",
        properties: {
          id: { type: "string" },
          since: { type: "string", format: "date-time" },
          state: { type: "string", enum: ["new", "old"] },
          size: { type: "number" },
          note: { type: "string" },
          parts: { type: "array", items: { $ref: "#/components/schemas/Thing" } },
          names: { type: "object", additionalProperties: { type: "string" } },
          owner: {
            anyOf: [{ type: "object", properties: { id: { type: "string" } }, required: ["id"] }, { type: "null" }],
          },
        },
        required: ["id", "since", "state", "size", "parts", "names", "owner"],
      },
      Change: {
        type: "object",
        properties: {
          mode: { type: "string", enum: ["one", "two"] },
          count: { type: "integer", minimum: 1 },
          share: { anyOf: [{ type: "integer" }, { type: "null" }] },
          name: { type: "string", pattern: "^a", maxLength: 9 },
          list: { type: "array", minItems: 1, maxItems: 9, items: { type: "string" } },
        },
        required: ["mode"],
        additionalProperties: false,
      },
      Problem: { type: "object", properties: { code: { type: "string" } }, required: ["code"] },
    },
  },
};

type Mutable = { [name: string]: Mutable };

/** The document after an edit of the part that is found there. */
function edited(place: string, edit: (part: Mutable) => void): Node {
  const copy = JSON.parse(JSON.stringify(DOCUMENT));
  edit(place.split(" ").reduce((part, name) => part[name], copy));
  return copy;
}

const GET = "paths /things/{thing} get";
const POST = "paths /things/{thing} post";
const THING = "components schemas Thing";
const CHANGE = "components schemas Change";

const set = (name: string, value: unknown) => (part: Mutable) => void Object.assign(part, { [name]: value });
const drop = (name: string) => (part: Mutable) => void delete part[name];
const without = (value: unknown) => (part: Mutable) => {
  const list = part as unknown as unknown[];
  list.splice(list.indexOf(value), 1);
};
const push = (value: unknown) => (part: Mutable) => void (part as unknown as unknown[]).push(value);

describe("what breaks clients", () => {
  it.each<[string, string, (part: Mutable) => void, string[]]>([
    ["a path that is gone", "paths", drop("/things"), ["GET /things is gone"]],
    ["a method that is gone", "paths /things", drop("get"), ["GET /things is gone"]],
    ["another name of an operation", GET, set("operationId", "x"), ["GET /things/{thing} is called x now"]],
    ["a success that is gone", `${GET} responses`, drop("304"), ["GET /things/{thing} 304 is gone"]],
    [
      "a parameter that is gone",
      `${GET} parameters`,
      (list) => void (list as unknown as unknown[]).pop(),
      ["GET /things/{thing} takes no header prefer any more"],
    ],
    [
      "a new parameter that is needed",
      `${GET} parameters`,
      push({ name: "x", in: "query", required: true }),
      ["the query x of GET /things/{thing} is required now"],
    ],
    [
      "a parameter that is needed now",
      `${GET} parameters 1`,
      set("required", true),
      ["the query limit of GET /things/{thing} is required now"],
    ],
    [
      "a parameter that takes less",
      `${GET} parameters 1 schema`,
      set("maximum", 50),
      ["the query limit of GET /things/{thing} has maximum 50 now"],
    ],
    [
      "a parameter that takes less at the other end",
      `${GET} parameters 1 schema`,
      set("minimum", 2),
      ["the query limit of GET /things/{thing} has minimum 2 now"],
    ],
    [
      "a header that may be missing",
      "components headers etag",
      set("required", false),
      ["GET /things/{thing} 200 may lack the header etag now"],
    ],
    [
      "a header that is gone",
      `${GET} responses 200 headers`,
      drop("etag"),
      ["GET /things/{thing} 200 may lack the header etag now"],
    ],
    [
      "an answer of another type",
      `${GET} responses 200 content`,
      set("text/html", {}),
      ["GET /things/{thing} 200 may be text/html now"],
    ],
    [
      "an answer that is not of its type any more",
      `${GET} responses 200 content`,
      drop("application/json"),
      ["GET /things/{thing} 200 is not application/json any more"],
    ],
    [
      "an event that is gone",
      `${POST} responses 200 content text/event-stream x-events`,
      drop("end"),
      ["the event end of POST /things/{thing} 200 is gone"],
    ],
    [
      "who is asked who they are",
      GET,
      set("security", [{ bearer: [] }]),
      ["GET /things/{thing} asks who is asking now"],
    ],
    [
      "a way to say who is asking that is gone",
      POST,
      set("security", [{ bearer: [] }]),
      ["POST /things/{thing} does not take apiKey header X-User-Id any more"],
    ],
    [
      "another way under the same name",
      "components securitySchemes user",
      set("name", "X-Me"),
      ["POST /things/{thing} does not take apiKey header X-User-Id any more"],
    ],
    [
      "a body that is needed now",
      `${POST} requestBody`,
      set("required", true),
      ["the body of POST /things/{thing} is required now"],
    ],
    [
      "a body that is not taken any more",
      POST,
      drop("requestBody"),
      ["the body of POST /things/{thing} may not be application/json any more"],
    ],
    [
      "a field of an error that is gone",
      "components schemas Problem properties",
      drop("code"),
      ["GET /things/{thing} 404.code is gone"],
    ],
  ])("%s", (_what, place, edit, found) => {
    expect(breaksBetween(DOCUMENT, edited(place, edit))).toEqual(found);
  });

  const answers = (place: string, end: string) => [
    `GET /things/{thing} 200${place} ${end}`,
    `the event snapshot of POST /things/{thing} 200${place} ${end}`,
  ];
  it.each<[string, string, (part: Mutable) => void, string[]]>([
    ["a field that is gone", `${THING} properties`, drop("note"), answers(".note", "is gone")],
    ["a field that may be missing now", `${THING} required`, without("size"), answers(".size", "may be missing now")],
    [
      "a field of another type",
      `${THING} properties`,
      set("id", { type: "integer" }),
      answers(".id", "may be integer now"),
    ],
    [
      "a field that may be null now",
      `${THING} properties`,
      set("id", { type: ["string", "null"] }),
      answers(".id", "may be null now"),
    ],
    [
      "a field of another format",
      `${THING} properties since`,
      drop("format"),
      answers(".since", "has another format now"),
    ],
    [
      "an entry of another type",
      `${THING} properties names`,
      set("additionalProperties", { type: "boolean" }),
      answers(".names{}", "may be boolean now"),
    ],
    [
      "a list of something else",
      `${THING} properties parts`,
      set("items", { type: "string" }),
      answers(".parts[]", "may be string now"),
    ],
    [
      "a field within one that may be null",
      `${THING} properties owner anyOf 0 properties`,
      drop("id"),
      answers(".owner.id", "is gone"),
    ],
  ])("in answers: %s", (_what, place, edit, found) => {
    expect(breaksBetween(DOCUMENT, edited(place, edit))).toEqual(found);
  });

  it.each<[string, string, (part: Mutable) => void, string]>([
    ["a field that is needed now", `${CHANGE} required`, push("count"), ".count is required now"],
    ["a new field that is needed", `${CHANGE} required`, push("fresh"), ".fresh is required now"],
    ["a field that is not taken any more", `${CHANGE} properties`, drop("count"), ".count is not taken any more"],
    [
      "a word that is not taken any more",
      `${CHANGE} properties mode enum`,
      without("two"),
      ".mode does not take two any more",
    ],
    ["words only, now", `${CHANGE} properties name`, set("enum", ["ab"]), ".name takes only ab now"],
    ["another type", `${CHANGE} properties count`, set("type", "string"), ".count may not be integer any more"],
    [
      "null that is not taken any more",
      `${CHANGE} properties`,
      set("share", { type: "integer" }),
      ".share may not be null any more",
    ],
    ["another pattern", `${CHANGE} properties name`, set("pattern", "^b"), ".name must match ^b now"],
    ["a shorter text", `${CHANGE} properties name`, set("maxLength", 8), ".name has maxLength 8 now"],
    ["a longer list", `${CHANGE} properties list`, set("minItems", 2), ".list has minItems 2 now"],
    ["a shorter list", `${CHANGE} properties list`, set("maxItems", 8), ".list has maxItems 8 now"],
    ["other entries", `${CHANGE} properties list items`, set("minLength", 1), ".list[] has minLength 1 now"],
  ])("in requests: %s", (_what, place, edit, found) => {
    expect(breaksBetween(DOCUMENT, edited(place, edit))).toEqual([`the body of POST /things/{thing}${found}`]);
  });
});

describe("what breaks nobody", () => {
  it.each<[string, string, (part: Mutable) => void]>([
    ["the same document", GET, () => undefined],
    ["a new path", "paths", set("/others", { get: { operationId: "x", responses: {} } })],
    ["a new method", "paths /things", set("post", { operationId: "x", responses: {} })],
    ["other words about it", GET, set("summary", "Otherwise")],
    ["a new parameter that may be left out", `${GET} parameters`, push({ name: "x", in: "query" })],
    ["a parameter that takes more", `${GET} parameters 1 schema`, set("maximum", 1_000)],
    ["a new error", `${GET} responses`, set("429", {})],
    ["an error that is gone", `${GET} responses`, drop("404")],
    ["a new header", `${GET} responses 200 headers`, set("link", { schema: { type: "string" } })],
    ["a new event", `${POST} responses 200 content text/event-stream x-events`, set("late", { type: "object" })],
    ["another way to say who is asking", `${POST} security`, push({ other: [] })],
    ["nobody needs to say who is asking", POST, set("security", [])],
    ["a new field of an answer", `${THING} properties`, set("fresh", { type: "string" })],
    ["a field that is always there now", `${THING} required`, push("note")],
    ["a new word in an answer", `${THING} properties state enum`, push("odd")],
    ["a number that is whole now", `${THING} properties size`, set("type", "integer")],
    [
      "a field that is never null now",
      `${THING} properties owner anyOf`,
      (list) => void (list as unknown as unknown[]).pop(),
    ],
    ["a new field of a request", `${CHANGE} properties`, set("fresh", { type: "string" })],
    ["a field that may be left out now", `${CHANGE} required`, without("mode")],
    ["a new word in a request", `${CHANGE} properties mode enum`, push("three")],
    ["a field that takes null as well", `${CHANGE} properties count`, set("type", ["integer", "null"])],
    ["a field that takes fractions as well", `${CHANGE} properties count`, set("type", "number")],
    ["a pattern that is not asked for any more", `${CHANGE} properties name`, drop("pattern")],
    ["another type of body as well", `${POST} requestBody content`, set("text/plain", {})],
  ])("%s", (_what, place, edit) => {
    expect(breaksBetween(DOCUMENT, edited(place, edit))).toEqual([]);
  });

  it("a schema under another name", () => {
    const text = JSON.stringify(DOCUMENT)
      .replaceAll("schemas/Thing", "schemas/Object")
      .replace('"Thing":', '"Object":');
    expect(breaksBetween(DOCUMENT, JSON.parse(text))).toEqual([]);
  });
});

it("tells of a reference that leads nowhere", () => {
  expect(() => breaksBetween(DOCUMENT, edited("components schemas", drop("Change")))).toThrow(
    "#/components/schemas/Change leads nowhere",
  );
});
