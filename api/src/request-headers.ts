import type { Request } from "express";
import { malformed, type Problem } from "./problems.ts";

export const IDEMPOTENCY_KEY = /^"?([\x21\x23-\x7e]{1,255}?)"?$/;
const WAIT_S_MAX = 30;

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
