import { connect } from "node:net";
import { createRegistry, type OpsRoutes, readOpsAccess, startOpsServer } from "@flashgate/monitoring";
import { expect, it, onTestFinished } from "vitest";
import { ask, type Reply } from "./ask.ts";
import { writtenLines } from "./written-lines.ts";

const TOKEN = "an-ops-token-of-more-than-32-bytes";
const PAGE = { accept: "text/html,application/xhtml+xml" };
const FORM = { "content-type": "application/x-www-form-urlencoded" };
const HOUR_MS = 3_600_000;

async function start(env: Record<string, string> = {}, token = TOKEN) {
  const { logger, records } = writtenLines("error");
  const clock = { ms: Date.UTC(2026, 10, 25, 12), nowMs: () => clock.ms };
  const handled: string[] = [];
  const more: OpsRoutes = {
    prefix: "/more",
    links: [{ path: "/more/", name: "More <b>", about: "More & more" }],
    handle: (request, response, holder) => {
      handled.push(`${holder} ${request.method} ${request.url}`);
      response.end("done");
    },
  };
  const ops = await startOpsServer({
    host: "127.0.0.1",
    port: 0,
    registry: createRegistry({ service: "api" }),
    checks: [],
    logger,
    clock,
    access: readOpsAccess({ OPS_TOKEN: token, ...env }),
    routes: [more],
  });
  onTestFinished(() => ops.close());
  const post = (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) => {
    const body = String(new URLSearchParams(fields));
    const length = { "content-length": String(body.length) };
    return ask(`${ops.url}${path}`, "POST", { ...FORM, origin: ops.url, ...length, ...headers }, body);
  };
  const signIn = async () => cookieOf(await post("/login", { token: TOKEN }));
  return { url: ops.url, clock, handled, records, post, signIn };
}

const setCookieOf = ({ headers }: Reply) => headers["set-cookie"]?.[0] ?? "";
const cookieOf = (reply: Reply) => setCookieOf(reply).split(";", 1)[0] ?? "";

it("asks a browser for the token where it wanted to go, and takes it there", async () => {
  const { url, post, handled, records } = await start();
  const stranger = await ask(`${url}/more/of%20it?x=1&y=2`, "GET", PAGE);
  expect([stranger.status, stranger.headers["www-authenticate"]]).toEqual([401, "Bearer"]);
  expect(stranger.body).toContain('action="/login"');
  expect(stranger.body).toContain('name="next" type="hidden" value="/more/of%20it?x=1&#38;y=2"');
  expect(handled).toEqual([]);

  const let_in = await post("/login", { token: ` ${TOKEN}\n`, next: "/more/of%20it?x=1" });
  expect([let_in.status, let_in.headers["location"]]).toEqual([303, "/more/of%20it?x=1"]);
  expect(setCookieOf(let_in)).toMatch(
    /^flashgate_ops_[0-9a-f]{8}=\d+\.[\w-]{43}; Path=\/; Max-Age=28800; HttpOnly; SameSite=Strict$/,
  );
  expect((await ask(`${url}/more/of%20it?x=1`, "GET", { cookie: cookieOf(let_in) })).body).toBe("done");
  expect(handled).toEqual([expect.stringMatching(/^ops:[0-9a-f]{8} GET \/more\/of%20it\?x=1$/)]);
  expect(records()).toMatchObject([{ audit: true, msg: "signed in to the ops port", address: "127.0.0.1" }]);
  expect(JSON.stringify(records())).not.toContain(TOKEN);
});

it("answers a program, and what is no page, without a form", async () => {
  const { url } = await start();
  for (const headers of [{}, { accept: "*/*" }, { accept: "application/json" }]) {
    const reply = await ask(`${url}/more/x`, "GET", headers);
    expect(reply).toMatchObject({ status: 401, body: "send the ops token as a bearer\n" });
  }
  expect((await ask(`${url}/more/x`, "POST", PAGE)).body).toBe("send the ops token as a bearer\n");
});

it("serves pages that run nothing, load nothing and are framed by nobody", async () => {
  const { url, signIn } = await start();
  const cookie = await signIn();
  for (const page of [await ask(`${url}/login`, "GET", PAGE), await ask(`${url}/`, "GET", { cookie })]) {
    expect(page.status).toBe(200);
    expect(page.headers).toMatchObject({
      "content-type": "text/html; charset=utf-8",
      "cache-control": "no-store",
      "referrer-policy": "same-origin",
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
    });
    expect(page.headers["content-security-policy"]).toMatch(
      /^default-src 'none'; style-src 'sha256-[\w+/]{43}='; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'$/,
    );
  }
});

it("lists what there is, to who was let in", async () => {
  const { url, signIn } = await start();
  const { body } = await ask(`${url}/`, "GET", { cookie: await signIn() });
  for (const path of ["/more/", "/metrics", "/readyz?verbose"]) expect(body).toContain(`href="${path}"`);
  expect(body).toContain("More &#60;b&#62;");
  expect(body).toContain("More &#38; more");
  expect((await ask(`${url}/`, "GET", { authorization: `Bearer ${TOKEN}` })).body).toBe(body);
  expect((await ask(`${url}/`)).status).toBe(401);
});

it("refuses what is not the token, ten times a minute, and then the token too", async () => {
  const { post, clock, records } = await start();
  for (const token of ["", "x", TOKEN.slice(1), `${TOKEN}x`, TOKEN.toUpperCase()]) {
    const reply = await post("/login", { token, next: "/more" });
    expect([reply.status, reply.headers["set-cookie"]]).toEqual([401, undefined]);
    expect(reply.body).toContain("That is not the token.");
    expect(reply.body).toContain('value="/more"');
  }
  expect(records()).toHaveLength(5);
  expect(records()[0]).toMatchObject({ level: "warn", audit: true, address: "127.0.0.1" });
  for (let at = 0; at < 5; at += 1) expect((await post("/login", { token: "x" })).status).toBe(401);
  clock.ms += 59_000;
  const late = await post("/login", { token: TOKEN });
  expect([late.status, late.headers["retry-after"], late.headers["set-cookie"]]).toEqual([429, "1", undefined]);
  clock.ms += 1_001;
  expect((await post("/login", { token: TOKEN })).status).toBe(303);
});

it("writes nothing of what it was sent into its pages as markup", async () => {
  const { post } = await start();
  const { body } = await post("/login", { token: "x", next: `/"><script>alert('x')</script>` });
  expect(body).toContain("/&#34;&#62;&#60;script&#62;alert(&#39;x&#39;)&#60;/script&#62;");
  expect(body).not.toContain("<script");
});

it("forgets the tries of who is right", async () => {
  const { post } = await start();
  for (let at = 0; at < 30; at += 1) {
    expect((await post("/login", { token: at % 10 === 9 ? TOKEN : "x" })).status).toBe(at % 10 === 9 ? 303 : 401);
  }
});

it("changes something for a session only where a page of this origin asks", async () => {
  const { url, post, handled, signIn } = await start();
  const cookie = await signIn();
  const port = Number(new URL(url).port);
  const elsewhere = [
    {},
    { origin: "null" },
    { origin: "https://evil.example" },
    { origin: `http://127.0.0.1:${port + 1}` },
  ];
  for (const headers of elsewhere) {
    for (const method of ["POST", "PUT", "PATCH", "DELETE", "LOCK"]) {
      const refused = await ask(`${url}/more/x`, method, { cookie, ...headers });
      expect([refused.status, refused.body]).toEqual([403, expect.stringContaining("OPS_PUBLIC_URL")]);
    }
    const { origin = "" } = headers as { origin?: string };
    expect((await post("/login", { token: TOKEN }, { origin })).status).toBe(403);
    expect((await post("/logout", {}, { cookie, origin })).status).toBe(403);
  }
  expect(handled).toEqual([]);
  expect((await ask(`${url}/more/x`, "PUT", { cookie, origin: url })).body).toBe("done");
  // A bearer is sent by nobody's browser on its own.
  expect((await ask(`${url}/more/x`, "PUT", { authorization: `Bearer ${TOKEN}` })).body).toBe("done");
});

it("takes no session but its own, and not for ever", async () => {
  const { url, clock, signIn } = await start();
  const cookie = await signIn();
  const other = await start({}, "another-ops-token-of-32-bytes-and-more");
  const [name = "", value = ""] = cookie.split("=", 2);
  const [untilS = "", seal = ""] = value.split(".");
  const statusOf = async (headers: Record<string, string>, at = url) =>
    (await ask(`${at}/more`, "GET", headers)).status;
  const forged = [
    `${name}=`,
    `${name}=${Number(untilS) + 1}.${seal}`,
    `${name}=${untilS}.${"A".repeat(43)}`,
    `${name}=${untilS}.${seal.slice(1)}`,
    `${name}=${untilS}`,
    `x${cookie}`,
    `flashgate_ops_null=${value}`,
  ];
  for (const each of forged) expect(await statusOf({ cookie: each })).toBe(401);
  expect(await statusOf({ cookie }, other.url)).toBe(401);
  expect(await statusOf({ cookie, authorization: "Bearer wrong" })).toBe(401);
  expect(await statusOf({ cookie: `a=b; ${cookie}; c=d` })).toBe(200);
  clock.ms += 8 * HOUR_MS - 1;
  expect(await statusOf({ cookie })).toBe(200);
  clock.ms += 1;
  expect(await statusOf({ cookie })).toBe(401);
});

it("is one door for all processes with the token", async () => {
  const [one, other] = [await start(), await start()];
  expect((await ask(`${other.url}/more`, "GET", { cookie: await one.signIn() })).body).toBe("done");
});

it("signs out", async () => {
  const { url, post, signIn } = await start();
  const cookie = await signIn();
  const out = await post("/logout", {}, { cookie });
  expect([out.status, out.headers["location"]]).toEqual([303, "/login"]);
  expect(setCookieOf(out)).toMatch(/^flashgate_ops_[0-9a-f]{8}=; Path=\/; Max-Age=0; /);
  const get = await ask(`${url}/logout`, "GET", { cookie });
  expect([get.status, get.headers["allow"]]).toEqual([405, "POST"]);
  expect((await post("/logout", {})).status).toBe(401);
});

it("goes nowhere else after signing in", async () => {
  const { post } = await start();
  for (const next of [
    "//evil.example",
    "/\\evil.example",
    "https://evil.example",
    "evil",
    "",
    "/a\r\nset-cookie: x=y",
  ]) {
    expect((await post("/login", { token: TOKEN, next })).headers["location"]).toBe("/");
  }
});

it("reads no form that is large, endless or cut off, and only posted ones", async () => {
  const { url, post, signIn } = await start();
  expect((await post("/login", { token: "x".repeat(5_000) })).status).toBe(413);
  const endless = await ask(
    `${url}/login`,
    "POST",
    { ...FORM, origin: url, "transfer-encoding": "chunked" },
    "token=x",
  );
  expect(endless.status).toBe(413);
  const wrong = await ask(`${url}/login`, "PUT", { origin: url });
  expect([wrong.status, wrong.headers["allow"]]).toEqual([405, "GET, HEAD, POST"]);

  const { port, host } = new URL(url);
  const socket = connect(Number(port), "127.0.0.1");
  const gone = new Promise((resolve) => socket.once("close", resolve));
  socket.write(`POST /login HTTP/1.1\r\nHost: ${host}\r\nOrigin: ${url}\r\nContent-Length: 99\r\n\r\ntoken=`);
  socket.end();
  socket.resume();
  await gone;
  expect((await ask(`${url}/more`, "GET", { cookie: await signIn() })).status).toBe(200);
});

it("lets nobody in where there is no token, and says why", async () => {
  const { url, post } = await start({}, "");
  expect((await ask(`${url}/`, "GET", PAGE)).body).toContain("OPS_TOKEN is not set");
  expect((await post("/login", { token: "" })).status).toBe(401);
  expect((await ask(`${url}/more`, "GET", { cookie: `flashgate_ops_null=9999999999.${"A".repeat(43)}` })).status).toBe(
    401,
  );
});

it("lives under the path and origin that a proxy gives it", async () => {
  const { url, post, handled } = await start({ OPS_PUBLIC_URL: "https://ops.example.com/flashgate/" });
  const form = await ask(`${url}/more`, "GET", PAGE);
  expect(form.body).toContain('action="/flashgate/login"');
  const let_in = await post("/login", { token: TOKEN, next: "/more" }, { origin: "https://ops.example.com" });
  expect(let_in.headers["location"]).toBe("/flashgate/more");
  expect(setCookieOf(let_in)).toMatch(/; Path=\/flashgate\/; .*; Secure$/);
  const cookie = cookieOf(let_in);
  const index = await ask(`${url}/`, "GET", { cookie });
  for (const path of ["/flashgate/more/", "/flashgate/metrics"]) expect(index.body).toContain(`href="${path}"`);
  // Whether the proxy takes its path off or not.
  for (const path of ["/more/x", "/flashgate/more/x"]) await ask(`${url}${path}`, "GET", { cookie });
  expect(handled.map((line) => line.split(" ").at(-1))).toEqual(["/more/x", "/more/x"]);
  // From the machine itself, past the proxy.
  expect(setCookieOf(await post("/login", { token: TOKEN }))).not.toContain("Secure");
});

it("is told a public URL that can be one", () => {
  for (const OPS_PUBLIC_URL of [
    "ops.example.com",
    "ftp://ops.example.com/",
    "https://ops.example.com/a;b",
    "https://u:p@x/",
  ]) {
    expect(() => readOpsAccess({ OPS_PUBLIC_URL })).toThrow("OPS_PUBLIC_URL must be what browsers open");
  }
  expect(readOpsAccess({ OPS_PUBLIC_URL: "http://10.0.0.1:9100" }).publicPath).toBe("");
});
