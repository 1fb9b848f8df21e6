import { createHash, hkdfSync, timingSafeEqual } from "node:crypto";

const TOKEN_BYTES_MIN = 32;
const SESSION_KEY_BYTES = 32;
const MAKE_ONE = 'make one with "openssl rand -hex 32"';

/** Who may use an ops port, whoever holds its token, and where browsers find it. Nobody may where there is no token. */
export class OpsAccess {
  readonly #digest: Buffer | null;
  /** Names the token to people and in logs, and gives nothing of it away; null where there is none. */
  readonly fingerprint: string | null;
  /** What browsers' sessions are sealed with: every process that has the token makes the same. */
  readonly sessionKey: Buffer | null;
  /** Where a proxy stands before the port: what browsers open instead of its own address. */
  readonly publicUrl: URL | null;

  /** `token`: empty for none. */
  constructor(token: string, publicUrl: URL | null = null) {
    this.#digest = token === "" ? null : digestOf(token);
    this.fingerprint = this.#digest?.toString("hex").slice(0, 8) ?? null;
    this.sessionKey =
      token === "" ? null : Buffer.from(hkdfSync("sha256", token, "", "flashgate ops session", SESSION_KEY_BYTES));
    this.publicUrl = publicUrl;
  }

  /** Who holds the token, for the audit log. */
  get holder(): string {
    return `ops:${this.fingerprint}`;
  }

  /** What paths begin with in browsers, and not here: empty, or such as `/flashgate`. */
  get publicPath(): string {
    return this.publicUrl?.pathname.replace(/\/$/, "") ?? "";
  }

  /** Who sends this Authorization header, for the audit log; null for everybody else. */
  holderOf(authorization: string | undefined): string | null {
    const given = /^Bearer +([\x21-\x7e]+)$/i.exec(authorization ?? "")?.[1];
    return given !== undefined && this.isToken(given) ? this.holder : null;
  }

  isToken(given: string): boolean {
    // Digests are of one length, and comparing them tells nothing of the token by the time it takes.
    return this.#digest !== null && timingSafeEqual(digestOf(given), this.#digest);
  }
}

/**
 * The access that `OPS_TOKEN` grants, at `OPS_PUBLIC_URL`. Throws on a token that is short or cannot stand in a header, on
 * a missing one where `NODE_ENV` is production (elsewhere nobody gets in without one), and on what is no such URL.
 */
export function readOpsAccess(env: Readonly<Record<string, string | undefined>>): OpsAccess {
  const token = env["OPS_TOKEN"] ?? "";
  if (token === "" && env["NODE_ENV"] === "production") {
    throw new Error(`OPS_TOKEN is required in production: ${MAKE_ONE}`);
  }
  if (token !== "" && (Buffer.byteLength(token) < TOKEN_BYTES_MIN || !/^[\x21-\x7e]+$/.test(token))) {
    throw new Error(`OPS_TOKEN must have at least ${TOKEN_BYTES_MIN} visible ASCII characters: ${MAKE_ONE}`);
  }
  return new OpsAccess(token, publicUrlOf(env["OPS_PUBLIC_URL"] ?? ""));
}

/** Its path stands in cookies and pages, and so is of plain characters. */
function publicUrlOf(text: string): URL | null {
  if (text === "") return null;
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url && /^https?:\/\/[^/?#@]+\/[\w./~-]*$/.test(url.href)) return url;
  throw new Error("OPS_PUBLIC_URL must be what browsers open, such as https://ops.example.com/flashgate");
}

function digestOf(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}
