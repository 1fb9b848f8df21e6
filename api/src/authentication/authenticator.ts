import type { Request } from "express";
import type { Problem } from "../problems.ts";

/** The ids that users may have. */
export const USER_ID = /^[A-Za-z0-9_-]{1,64}$/;
export const USER_ID_WORDS = "1 to 64 letters, digits, _ or -";

/** Says who is asking. */
export interface Authenticator {
  /** The user's id, or what to answer instead; a promise only where it takes one to find out. Rejects on an outage. */
  userOf(request: Request): string | Problem | Promise<string | Problem>;
}
