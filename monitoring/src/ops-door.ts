import type { IncomingMessage } from "node:http";
import type { Clock } from "@flashgate/core";
import type { LogLines } from "./log-lines.ts";
import type { OpsAccess } from "./ops-access.ts";
import { type Answer, notAllowed, seeOther, text } from "./ops-answer.ts";
import { signInPage } from "./ops-pages.ts";
import { OpsSessions } from "./ops-session.ts";
import { SignInTries } from "./sign-in-tries.ts";

/** Whether a request may go further, and as whom; else what it is answered. */
export type Admission =
  | { readonly kind: "admitted"; readonly holder: string }
  | { readonly kind: "answered"; readonly answer: Answer };

export interface OpsDoorParts {
  readonly access: OpsAccess;
  readonly clock: Clock;
  readonly lines: LogLines;
}

const SIGN_IN = "/login";
const SIGN_OUT = "/logout";
const FORM_BYTES_MAX = 4_096;
const CHANGES_NOTHING: ReadonlySet<string | undefined> = new Set(["GET", "HEAD", "OPTIONS"]);
/** A path of this port: never another host's, which browsers also take `//host` and `/\host` for. */
const OUR_PATH = /^\/(?![/\\])[\x21-\x7e]*$/;

/**
 * The one way into an ops port. Programs send the token as a bearer. Browsers cannot: they show it once, in a form, and
 * get a session.
 *
 * ```
 *   stranger ── POST /login, the token ──▶ signed in ── POST /logout, 8 h, or a new token ──▶ stranger
 * ```
 *
 * A session is a cookie, which browsers send along whoever's page it was that asked: so with one a change must come from a
 * page of this very origin. SameSite=Strict alone would let in the pages of this host's other ports.
 */
export class OpsDoor {
  readonly #access: OpsAccess;
  readonly #lines: LogLines;
  readonly #sessions: OpsSessions;
  readonly #tries: SignInTries;

  constructor({ access, clock, lines }: OpsDoorParts) {
    this.#access = access;
    this.#lines = lines;
    this.#sessions = new OpsSessions(access, clock);
    this.#tries = new SignInTries(clock);
  }

  /** `path`: of the request, without its query. */
  async admit(request: IncomingMessage, path: string): Promise<Admission> {
    if (path === SIGN_IN) return { kind: "answered", answer: await this.#signIn(request) };
    const { authorization, cookie } = request.headers;
    const bearer = this.#access.holderOf(authorization);
    if (bearer !== null) return { kind: "admitted", holder: bearer };
    const isSignedIn = authorization === undefined && this.#sessions.isOpen(cookie);
    if (!isSignedIn) return { kind: "answered", answer: this.#toStranger(request) };
    if (!CHANGES_NOTHING.has(request.method) && !this.#isFromHere(request)) {
      return { kind: "answered", answer: this.#fromElsewhere() };
    }
    if (path === SIGN_OUT) return { kind: "answered", answer: this.#signOut(request) };
    return { kind: "admitted", holder: this.#access.holder };
  }

  /** Who looks for a page is asked for the token right there. */
  #toStranger({ method, url = "/", headers }: IncomingMessage): Answer {
    const wantsPage = method === "GET" && /\btext\/html\b/.test(headers.accept ?? "");
    return wantsPage ? this.#form(401, url) : text(401, "send the ops token as a bearer\n");
  }

  async #signIn(request: IncomingMessage): Promise<Answer> {
    if (request.method === "GET" || request.method === "HEAD") return this.#form(200, "/");
    if (request.method !== "POST") return notAllowed("GET, HEAD, POST");
    if (!this.#isFromHere(request)) return this.#fromElsewhere();
    const form = await readForm(request);
    if (!form) return text(413, `send a form of at most ${FORM_BYTES_MAX} bytes, with its length\n`);

    const next = form.get("next") ?? "/";
    const address = request.socket.remoteAddress ?? "unknown";
    const waitS = Math.ceil(this.#tries.take(address) / 1_000);
    if (waitS > 0) {
      return this.#form(429, next, `Too many tries. Wait ${waitS} s.`, { "retry-after": String(waitS) });
    }
    if (!this.#access.isToken((form.get("token") ?? "").trim())) {
      this.#lines.opsSignInRefused(address);
      return this.#form(401, next, "That is not the token.");
    }
    this.#tries.forget(address);
    this.#lines.opsSignedIn(this.#access.holder, address);
    const secure = request.headers.origin?.startsWith("https:") === true;
    const target = `${this.#access.publicPath}${OUR_PATH.test(next) ? next : "/"}`;
    return seeOther(target, { "set-cookie": this.#sessions.begin(secure) });
  }

  #signOut({ method }: IncomingMessage): Answer {
    if (method !== "POST") return notAllowed("POST");
    return seeOther(`${this.#access.publicPath}${SIGN_IN}`, { "set-cookie": this.#sessions.end() });
  }

  #form(status: number, next: string, fault?: string, headers?: Answer["headers"]): Answer {
    const shut = this.#access.fingerprint === null ? "OPS_TOKEN is not set: nobody gets in." : undefined;
    const said = fault ?? shut;
    const base = this.#access.publicPath;
    return signInPage(status, { base, next, ...(said === undefined ? {} : { fault: said }) }, headers);
  }

  /** Whether a page of this port asks, as its browser says of its own accord. */
  #isFromHere({ headers: { origin, host } }: IncomingMessage): boolean {
    return origin !== undefined && (origin === `http://${host}` || origin === this.#access.publicUrl?.origin);
  }

  #fromElsewhere(): Answer {
    const advice = "behind a proxy, set OPS_PUBLIC_URL to what browsers open";
    return text(403, `not from a page of this origin; ${advice}\n`);
  }
}

/** What a form sent; null where it is too large, or does not say how large. */
async function readForm(request: IncomingMessage): Promise<URLSearchParams | null> {
  if (!(Number(request.headers["content-length"]) <= FORM_BYTES_MAX)) return null;
  let body = "";
  request.setEncoding("utf8");
  for await (const chunk of request) body += chunk;
  return new URLSearchParams(body);
}
