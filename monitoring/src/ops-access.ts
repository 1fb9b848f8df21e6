import { createHash, timingSafeEqual } from "node:crypto";

const TOKEN_BYTES_MIN = 32;
const MAKE_ONE = 'make one with "openssl rand -hex 32"';

/** Who may use an ops port: whoever holds its token. Nobody may where there is none. */
export class OpsAccess {
  readonly #digest: Buffer | null;

  /** `token`: empty for none. */
  constructor(token: string) {
    this.#digest = token === "" ? null : digestOf(token);
  }

  /** Who sends this Authorization header, for the audit log; null for everybody else. */
  holderOf(authorization: string | undefined): string | null {
    const given = /^Bearer +([\x21-\x7e]+)$/i.exec(authorization ?? "")?.[1];
    // Digests are of one length, and comparing them tells nothing of the token by the time it takes.
    if (!this.#digest || given === undefined || !timingSafeEqual(digestOf(given), this.#digest)) return null;
    return `ops:${this.#digest.toString("hex").slice(0, 8)}`;
  }
}

/**
 * The access that `OPS_TOKEN` grants. Throws on a token that is short or cannot stand in a header, and on a missing one
 * where `NODE_ENV` is production; elsewhere nobody gets in without one.
 */
export function readOpsAccess(env: Readonly<Record<string, string | undefined>>): OpsAccess {
  const token = env["OPS_TOKEN"] ?? "";
  if (token === "" && env["NODE_ENV"] === "production") {
    throw new Error(`OPS_TOKEN is required in production: ${MAKE_ONE}`);
  }
  if (token !== "" && (Buffer.byteLength(token) < TOKEN_BYTES_MIN || !/^[\x21-\x7e]+$/.test(token))) {
    throw new Error(`OPS_TOKEN must have at least ${TOKEN_BYTES_MIN} visible ASCII characters: ${MAKE_ONE}`);
  }
  return new OpsAccess(token);
}

function digestOf(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}
