import type { Request } from "express";
import { malformed, type Problem } from "./responses.ts";

/** Shape of every user id. */
export const USER_ID = /^[A-Za-z0-9_-]{1,64}$/;
const IDEMPOTENCY_KEY = /^"?([\x21\x23-\x7e]{1,255}?)"?$/;
const WAIT_S_MAX = 30;

/** The shopper that the shop's backend vouches for. */
export function userOf(request: Request): string | Problem {
  const userId = request.headers["x-user-id"];
  if (userId === undefined || userId === "") return { kind: "unauthenticated" };
  if (typeof userId === "string" && USER_ID.test(userId)) return userId;
  return malformed([{ field: "X-User-Id", message: "must be 1 to 64 letters, digits, _ or -" }]);
}

/** `Prefer: wait=N` in milliseconds, 0 where it is not asked for; capped at 30 s. */
export function waitOf(request: Request): number {
  const seconds = /(?:^|[,;\s])wait="?(\d+)/.exec(String(request.headers["prefer"] ?? ""))?.[1];
  return Math.min(Number(seconds ?? 0), WAIT_S_MAX) * 1_000;
}

/** The idempotency key, bare or quoted; empty where there is none. */
export function keyOf(request: Request): string | Problem {
  const header = request.headers["idempotency-key"];
  if (header === undefined) return "";
  const key = typeof header === "string" ? IDEMPOTENCY_KEY.exec(header)?.[1] : undefined;
  if (key !== undefined) return key;
  return malformed([{ field: "Idempotency-Key", message: "must be 1 to 255 visible ASCII characters" }]);
}
