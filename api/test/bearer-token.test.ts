import http from "node:http";
import type { Clock } from "@flashgate/core";
import { exportJWK, exportSPKI, generateKeyPair, type JWTHeaderParameters, type JWTPayload, SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bearerToken, type TokenRules } from "../src/authentication/bearer-token.ts";
import type { Answered } from "../src/dispatch.ts";
import { close, listen } from "../src/server.ts";
import { cartOf, changingRoutes } from "./changing-routes.ts";
import { ask, openShop, type Shop } from "./shop.ts";

const SECRET = "what signs the tokens of the tests";
const key = new TextEncoder().encode(SECRET);
const claims = { iss: "https://id.example", aud: "flashgate" };
const rules = { issuer: claims.iss, audience: claims.aud };

let clock: Clock;
const openWith = (keys: TokenRules["keys"], more = {}) =>
  openShop((itsClock) => {
    clock = itsClock;
    return { authenticator: bearerToken({ keys, ...rules, clock }), ...more };
  });

const inSeconds = (seconds: number) => Math.floor(clock.nowMs() / 1_000) + seconds;
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

function sign(
  over: object = {},
  signedWith: Parameters<SignJWT["sign"]>[0] = key,
  header: JWTHeaderParameters = { alg: "HS256" },
) {
  const payload: JWTPayload = { sub: "ada", exp: inSeconds(60), ...claims, ...over };
  return new SignJWT(payload).setProtectedHeader(header).sign(signedWith);
}

/** Header and claims as they are, signed by nobody. */
const unsigned = (header: object, payload: object) =>
  [header, payload].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");

describe("with a shared secret", () => {
  let shop: Shop;
  let sale: string;
  beforeAll(async () => {
    shop = await openWith({ secret: SECRET });
    sale = await shop.openSale();
  });
  afterAll(() => shop.stop());

  const bad: readonly [string, () => Promise<string> | string, RegExp][] = [
    ["expired", () => sign({ exp: inSeconds(-60) }), /has expired/],
    ["without an expiry", () => sign({ exp: undefined }), /its exp is missing/],
    ["not valid yet", () => sign({ nbf: inSeconds(60) }), /its nbf/],
    ["of another issuer", () => sign({ iss: "https://other.example" }), /its iss/],
    ["for another audience", () => sign({ aud: "another" }), /its aud/],
    ["for no audience", () => sign({ aud: undefined }), /its aud/],
    ["of nobody", () => sign({ sub: undefined }), /its sub is missing/],
    ["of a sub that is no user id", () => sign({ sub: "a b" }), /its sub must be 1 to 64/],
    ["of a sub that is too long", () => sign({ sub: "x".repeat(65) }), /its sub must be/],
    ["of a sub that is a number", () => sign({ sub: 7 }), /its sub/],
    ["signed with another secret", () => sign({}, new TextEncoder().encode("x".repeat(32))), /signature/],
    ["signed with HS512", () => sign({}, new Uint8Array(64).fill(1), { alg: "HS512" }), /its alg must be HS256/],
    [
      "signed with RS256",
      async () => sign({}, (await generateKeyPair("RS256")).privateKey, { alg: "RS256" }),
      /its alg/,
    ],
    [
      "signed by nobody",
      () => `${unsigned({ alg: "none" }, { sub: "ada", exp: inSeconds(60), ...claims })}.`,
      /its alg/,
    ],
    [
      "altered",
      async () => (await sign()).replace(/\.[^.]+\./, `.${unsigned({}, { sub: "eve" }).slice(4)}.`),
      /not usable/,
    ],
    ["no token at all", () => "word", /not a JWT/],
  ];

  it.each(bad)("no route that changes something takes a token %s", async (_name, make, detail) => {
    const ticket = await cartOf(shop, sale, bearer(await sign()));
    const token = await make();
    for (const [name, request] of Object.entries(changingRoutes(shop, sale, ticket))) {
      const reply = await request(bearer(token));
      expect(reply, name).toMatchObject({ status: 401, body: { code: "unauthenticated" } });
      expect(reply.body.detail).toMatch(detail);
      expect(reply.headers["www-authenticate"]).toMatch(/^Bearer realm="flashgate", error="invalid_token", error_desc/);
    }
    const owner = changingRoutes(shop, sale, ticket)["cancel"];
    expect(await owner?.(bearer(await sign()))).toMatchObject({ status: 200, body: { status: "cancelled" } });
    expect((await shop.gate.inspect(sale))?.totals).toMatchObject({ held: 0, sold: 0 });
  });

  it.each<Record<string, string>>([
    {},
    { "x-user-id": "ada" },
    { authorization: "Basic YTpi" },
    { authorization: "Bearer" },
    { authorization: "Bearer a b" },
  ])("asks for a token where there is none: %j", async (headers) => {
    const ticket = await cartOf(shop, sale, bearer(await sign()));
    for (const [name, request] of Object.entries(changingRoutes(shop, sale, ticket))) {
      const reply = await request(headers);
      expect(reply, name).toMatchObject({ status: 401, headers: { "www-authenticate": 'Bearer realm="flashgate"' } });
    }
    await changingRoutes(shop, sale, ticket)["cancel"]?.(bearer(await sign()));
  });

  it("finds another's ticket for nobody, and lets its owner buy", async () => {
    const ticket = await cartOf(shop, sale, bearer(await sign()));
    const thief = bearer(await sign({ sub: "eve" }));
    const { lines, purchase, cancel } = changingRoutes(shop, sale, ticket);
    for (const request of [lines, purchase, cancel]) {
      expect(await request?.(thief)).toMatchObject({ status: 404, body: { code: "ticket_not_found" } });
    }
    expect((await ask(shop.url, "GET", `/v1/tickets/${ticket}`)).body.status).toBe("reserved");
    const owner = bearer(await sign({ aud: ["shop", "flashgate"] }));
    expect(await lines?.(owner)).toMatchObject({ status: 200, body: { quantity: 2 } });
    expect(await purchase?.({ authorization: owner.authorization.replace("Bearer", "bearer") })).toMatchObject({
      status: 202,
    });
    await shop.settle();
    expect(shop.errors).toEqual([]);
  });
});

describe("with a list of public keys", () => {
  /** An issuer whose answer the test chooses. */
  async function openIssuer() {
    const issuer = { keys: [] as object[], statusCode: 200, asked: 0, hold: Promise.resolve() };
    const server = http.createServer(async (_request, response) => {
      issuer.asked += 1;
      await issuer.hold;
      response
        .writeHead(issuer.statusCode, { "content-type": "application/json" })
        .end(JSON.stringify({ keys: issuer.keys }));
    });
    const url = await listen(server, "127.0.0.1", 0);
    return Object.assign(issuer, { jwksUrl: `${url}/jwks`, stop: () => close(server) });
  }

  it.each(["RS256", "PS256", "ES256", "EdDSA"])(
    "takes %s by a key of the list, and asks for the list once",
    async (alg) => {
      const issuer = await openIssuer();
      const shop = await openWith({ jwksUrl: issuer.jwksUrl });
      const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
      issuer.keys = [{ ...(await exportJWK(publicKey)), kid: "one", alg, use: "sig" }];
      const sale = await shop.openSale();
      const token = await sign({}, privateKey, { alg, kid: "one" });
      for (let times = 0; times < 2; times += 1) expect(await cartOf(shop, sale, bearer(token))).toMatch(/^v1\./);
      const strange = await sign({}, (await generateKeyPair(alg)).privateKey, { alg, kid: "two" });
      const refused = await ask(shop.url, "POST", `/v1/sales/${sale}/checkouts`, bearer(strange), {});
      expect(refused).toMatchObject({
        status: 401,
        body: { detail: expect.stringContaining("key that is not known") },
      });
      expect(issuer.asked).toBe(1);
      expect(shop.errors).toEqual([]);
      await Promise.all([shop.stop(), issuer.stop()]);
    },
  );

  it("does not take a public key for the secret of an HMAC, listed or not", async () => {
    const issuer = await openIssuer();
    const shop = await openWith({ jwksUrl: issuer.jwksUrl });
    const { publicKey } = await generateKeyPair("RS256", { extractable: true });
    const shared = Buffer.from("a key that somebody put into the list");
    issuer.keys = [await exportJWK(publicKey), { kty: "oct", k: shared.toString("base64url"), alg: "HS256" }];
    const sale = await shop.openSale();
    for (const secret of [new TextEncoder().encode(await exportSPKI(publicKey)), new Uint8Array(shared)]) {
      const reply = await ask(shop.url, "POST", `/v1/sales/${sale}/checkouts`, bearer(await sign({}, secret)), {});
      expect(reply).toMatchObject({ status: 401, body: { detail: expect.stringContaining("its alg must be RS256") } });
    }
    await Promise.all([shop.stop(), issuer.stop()]);
  });

  it("is to be asked again later where the list cannot be had, and is fine once it can", async () => {
    const issuer = await openIssuer();
    issuer.statusCode = 500;
    const shop = await openWith({ jwksUrl: issuer.jwksUrl });
    const { publicKey, privateKey } = await generateKeyPair("ES256", { extractable: true });
    issuer.keys = [await exportJWK(publicKey)];
    const sale = await shop.openSale();
    const request = async () =>
      ask(shop.url, "DELETE", "/v1/tickets/x", bearer(await sign({}, privateKey, { alg: "ES256" })));
    expect(await request()).toMatchObject({
      status: 503,
      body: { code: "unavailable" },
      headers: { "retry-after": "2" },
    });
    expect(shop.errors.splice(0)).toHaveLength(1);
    issuer.statusCode = 200;
    expect(await request()).toMatchObject({ status: 404 });
    expect((await shop.gate.inspect(sale))?.totals.held).toBe(0);
    await Promise.all([shop.stop(), issuer.stop()]);
  });

  it("waits for the list no longer than it may", async () => {
    const issuer = await openIssuer();
    let release = () => {};
    issuer.hold = new Promise((resolve) => {
      release = resolve;
    });
    const shop = await openWith({ jwksUrl: issuer.jwksUrl });
    const { privateKey } = await generateKeyPair("ES256");
    const asked = bearer(await sign({}, privateKey, { alg: "ES256" }));
    expect(await ask(shop.url, "DELETE", "/v1/tickets/x", asked)).toMatchObject({ status: 503 });
    expect(shop.errors).toMatchObject([{ code: "ERR_JWKS_TIMEOUT" }]);
    release();
    await Promise.all([shop.stop(), issuer.stop()]);
  });

  it("reserves nothing for a client that left while the list was fetched", async () => {
    const issuer = await openIssuer();
    let release = () => {};
    issuer.hold = new Promise((resolve) => {
      release = resolve;
    });
    let observed: (statusCode: number) => void = () => undefined;
    const answered = new Promise<number>((resolve) => {
      observed = resolve;
    });
    const shop = await openWith({ jwksUrl: issuer.jwksUrl }, { observe: ({ status }: Answered) => observed(status) });
    const { publicKey, privateKey } = await generateKeyPair("ES256", { extractable: true });
    issuer.keys = [await exportJWK(publicKey)];
    const sale = await shop.openSale();
    const headers = { ...bearer(await sign({}, privateKey, { alg: "ES256" })), "content-type": "application/json" };
    const client = http.request(`${shop.url}/v1/sales/${sale}/checkouts`, { method: "POST", headers, agent: false });
    const gone = new Promise<void>((resolve) => client.on("error", () => resolve()));
    const left = new Promise<void>((resolve) => {
      shop.server.on("connection", (socket) => socket.on("close", () => resolve()));
    });
    client.setHeader("content-length", "100");
    client.write("{");
    await expect.poll(() => issuer.asked).toBe(1);
    client.destroy();
    await Promise.all([gone, left]);
    release();
    expect(await answered).toBe(400);
    expect((await shop.gate.inspect(sale))?.totals.held).toBe(0);
    expect(shop.errors).toEqual([]);
    await Promise.all([shop.stop(), issuer.stop()]);
  });
});
