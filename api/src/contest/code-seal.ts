import { createHmac } from "node:crypto";
import type { Ticket } from "@flashgate/core";
import { TicketSeal } from "../ticket-seal.ts";

const PREFIX = "CHK-";

/**
 * Makes and reads the contest's codes. A code is a sealed ticket, so that any api finds sale, checkout and user in it. It
 * is signed with a key of its own: whoever has a code may purchase it, and a ticket alone gives no such right.
 */
export class CodeSeal {
  readonly #seal: TicketSeal;

  /** Of the secrets that sign tickets. */
  constructor(secret: string, previous?: string) {
    this.#seal = new TicketSeal(secretOfCodes(secret), previous === undefined ? undefined : secretOfCodes(previous));
  }

  /** The lines of a checkout grow, so its code names none and stays the same. */
  seal(ticket: Omit<Ticket, "lines">): string {
    return `${PREFIX}${this.#seal.seal({ ...ticket, lines: [] })}`;
  }

  /** Null for anything that this seal did not sign. */
  open(code: string): Ticket | null {
    return code.startsWith(PREFIX) ? this.#seal.open(code.slice(PREFIX.length)) : null;
  }
}

function secretOfCodes(secret: string): string {
  return createHmac("sha256", secret).update("contest codes").digest("base64url");
}
