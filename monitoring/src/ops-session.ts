import { createHmac, timingSafeEqual } from "node:crypto";
import type { Clock } from "@flashgate/core";
import type { OpsAccess } from "./ops-access.ts";

/** How long a browser stays signed in, whatever it does. */
export const SESSION_S = 8 * 3_600;

/**
 * Sessions of browsers that have shown the token: a cookie that says until when, sealed with a key made of the token.
 * Nothing is kept, so every process with this token honours it, and a new token ends them all.
 */
export class OpsSessions {
  readonly #access: OpsAccess;
  readonly #clock: Clock;
  /** Of the token's own: ports of one host share their cookies, and two deployments there must not sign each other out. */
  readonly #name: string;

  constructor(access: OpsAccess, clock: Clock) {
    this.#access = access;
    this.#clock = clock;
    this.#name = `flashgate_ops_${access.fingerprint}`;
  }

  /** The Set-Cookie of somebody who has shown the token; `secure`: it is never to travel without TLS. */
  begin(secure: boolean): string {
    const untilS = String(Math.floor(this.#clock.nowMs() / 1_000) + SESSION_S);
    return this.#cookie(`${untilS}.${this.#sealOf(untilS)}`, SESSION_S, secure);
  }

  /** The Set-Cookie that ends a session. */
  end(): string {
    return this.#cookie("", 0, false);
  }

  /** Whether this Cookie header holds a session that is not over. */
  isOpen(cookies: string | undefined): boolean {
    const value = (cookies ?? "")
      .split(/; */)
      .find((cookie) => cookie.startsWith(`${this.#name}=`))
      ?.slice(this.#name.length + 1);
    const [, untilS = "", seal = ""] = /^(\d{1,12})\.([\w-]{43})$/.exec(value ?? "") ?? [];
    if (this.#access.sessionKey === null || seal === "") return false;
    const isOurs = timingSafeEqual(Buffer.from(seal), Buffer.from(this.#sealOf(untilS)));
    return isOurs && Number(untilS) * 1_000 > this.#clock.nowMs();
  }

  #sealOf(untilS: string): string {
    return createHmac("sha256", this.#access.sessionKey ?? "")
      .update(untilS)
      .digest("base64url");
  }

  #cookie(value: string, maxAgeS: number, secure: boolean): string {
    const limits = `Path=${this.#access.publicPath}/; Max-Age=${maxAgeS}; HttpOnly; SameSite=Strict`;
    return `${this.#name}=${value}; ${limits}${secure ? "; Secure" : ""}`;
  }
}
