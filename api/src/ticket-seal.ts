import { createHash, createHmac, createSecretKey, type KeyObject, timingSafeEqual } from "node:crypto";
import { formatTicket, parseTicket, type Ticket } from "@flashgate/core";

interface Key {
  readonly id: string;
  readonly secret: KeyObject;
}

/** Longest ticket that is looked at; ten lines of the longest ids make one of about 1,150. */
const TICKET_CHARS_MAX = 1_500;

/**
 * Signs tickets and reads them back: `v1.<key id>.<payload>.<HMAC-SHA256>`. The newest secret signs; tickets of the
 * previous one are still read, so that a secret can be rotated while tickets are about.
 */
export class TicketSeal {
  readonly #keys: readonly [Key, ...Key[]];

  constructor(secret: string, previous?: string) {
    const rest = previous === undefined ? [] : [keyOf(previous)];
    this.#keys = [keyOf(secret), ...rest];
  }

  seal(ticket: Ticket): string {
    const [key] = this.#keys;
    const text = `v1.${key.id}.${Buffer.from(formatTicket(ticket)).toString("base64url")}`;
    return `${text}.${sign(key, text)}`;
  }

  /** Null for anything that this seal did not sign, whatever is wrong with it. */
  open(text: string): Ticket | null {
    if (text.length > TICKET_CHARS_MAX) return null;
    const [version, keyId, payload, signature, ...rest] = text.split(".");
    const key = this.#keys.find(({ id }) => id === keyId);
    if (version !== "v1" || !key || !payload || !signature || rest.length > 0) return null;
    const expected = Buffer.from(sign(key, `v1.${key.id}.${payload}`));
    const given = Buffer.from(signature);
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null;
    return parseTicket(Buffer.from(payload, "base64url").toString());
  }
}

function keyOf(secret: string): Key {
  const id = createHash("sha256").update(`key id of ${secret}`).digest("base64url").slice(0, 6);
  return { id, secret: createSecretKey(Buffer.from(secret)) };
}

function sign(key: Key, text: string): string {
  return createHmac("sha256", key.secret).update(text).digest("base64url");
}
