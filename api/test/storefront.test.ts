import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { BuiltPage } from "../src/pages/built-page.ts";
import { ask, openShop, type Shop } from "./shop.ts";

const file = (type: string, text: string, compressed: { br?: Buffer; gzip?: Buffer } = {}) => ({
  type,
  etag: `"${text.length}"`,
  plain: Buffer.from(text),
  compressed,
});
const STOREFRONT: BuiltPage = {
  document: file("text/html; charset=utf-8", "<title>Shop</title>"),
  assets: new Map([
    [
      "main-1.js",
      file("text/javascript; charset=utf-8", "let a", { br: Buffer.from("brotli"), gzip: Buffer.from("gzip") }),
    ],
    ["font-1.woff2", file("font/woff2", "font")],
  ]),
};

let shop: Shop;
beforeAll(async () => {
  shop = await openShop(() => ({ storefront: STOREFRONT }));
});
afterAll(() => shop.stop());

describe("GET /", () => {
  it("is the storefront, under a policy that runs nothing but its own", async () => {
    const page = await ask(shop.url, "GET", "/");
    expect(page).toMatchObject({
      status: 200,
      body: "<title>Shop</title>",
      headers: {
        "content-type": "text/html; charset=utf-8",
        "cache-control": "public, no-cache",
        etag: '"19"',
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
      },
    });
    const policy = String(page.headers["content-security-policy"]).split("; ");
    expect(policy).toContain("default-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy.filter((part) => /unsafe|script-src|style-src|\*/.test(part))).toEqual([]);
  });

  it("is asked for again, and not sent again", async () => {
    const page = await ask(shop.url, "GET", "/", { "if-none-match": '"19"' });
    expect(page).toMatchObject({ status: 304, body: "", headers: { "cache-control": "public, no-cache" } });
    expect(page.headers["content-security-policy"]).toContain("default-src 'self'");
  });

  it("is a 404 where no page was built", async () => {
    const bare = await openShop();
    expect(await ask(bare.url, "GET", "/")).toMatchObject({ status: 404, body: { code: "route_not_found" } });
    await bare.stop();
  });
});

describe("GET /assets/{file}", () => {
  it.each([
    ["br, gzip", "br", "brotli"],
    ["gzip", "gzip", "gzip"],
    ["gzip;q=1, br;q=0", "gzip", "gzip"],
    ["identity", undefined, "let a"],
    ["", undefined, "let a"],
  ])("to who takes %j is sent as %s, for ever", async (accept, encoding, body) => {
    const asset = await ask(shop.url, "GET", "/assets/main-1.js", accept ? { "accept-encoding": accept } : {});
    expect(asset).toMatchObject({
      status: 200,
      body,
      headers: { "cache-control": "public, max-age=31536000, immutable", vary: "Accept-Encoding" },
    });
    expect(asset.headers["content-encoding"]).toBe(encoding);
    expect(asset.headers["content-length"]).toBe(String(body.length));
  });

  it("is sent as it is where compressing did not pay", async () => {
    const { headers } = await ask(shop.url, "GET", "/assets/font-1.woff2", { "accept-encoding": "br" });
    expect([headers["content-type"], headers["content-encoding"], headers["vary"]]).toEqual([
      "font/woff2",
      undefined,
      undefined,
    ]);
  });

  it.each(["/assets/none.js", "/assets/..%2Findex.html", "/assets/main-1.js.br"])("%s is none", async (path) => {
    expect(await ask(shop.url, "GET", path)).toMatchObject({ status: 404, body: { code: "route_not_found" } });
  });
});
