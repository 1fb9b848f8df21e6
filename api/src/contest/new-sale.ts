import { setTimeout as pause } from "node:timers/promises";
import { generatedCatalogue, HOUR_MS, LIMIT_PER_USER, type SalePlan, SETTLE_GRACE_MS } from "@flashgate/core";
import type { Request } from "express";
import { z } from "zod";
import { ITEMS_MAX } from "../openapi/bodies/contest.ts";
import type { Errors } from "./answers.ts";
import type { ContestHandler, ContestParts } from "./desk.ts";
import { type Fields, fieldsOf } from "./request-fields.ts";
import { saleFacts } from "./sales.ts";

/** How often, and how many times, it is looked whether the scheduler has opened the gate of a sale that runs. */
const LOOK_MS = 50;
const LOOKS_MAX = 60;

const moment = z.iso
  .datetime({ offset: true, error: "must be a time like 2026-11-25T10:00:00Z" })
  .transform((text) => Date.parse(text));
const body = z.object({
  started_at: moment.optional(),
  ended_at: moment.optional(),
  total_items: z
    .string("is required")
    .regex(/^\d{1,9}$/, "must be a whole number")
    .transform(Number)
    .pipe(z.int().min(1, "must be at least 1").max(ITEMS_MAX, `must be at most ${ITEMS_MAX}`)),
});

interface Wanted {
  readonly plan: SalePlan;
  readonly totalItems: number;
}

/**
 * `POST /admin/sales`: puts on a sale of items of one unit each, for whoever is on this machine. One that runs already
 * is answered when this process has heard that its gate is open, or after three seconds.
 */
export function createSale(parts: ContestParts): ContestHandler {
  const { board, contest } = parts;
  return async (request) => {
    if (!isLocal(request)) return { kind: "not_local" };
    const fields = await fieldsOf(request, ["started_at", "ended_at", "total_items"]);
    if (!fields) return { kind: "too_large" };
    const wanted = wantedIn(fields, parts.ids.saleId(), parts.clock.nowMs());
    if ("errors" in wanted) return { kind: "invalid", errors: wanted.errors };

    const { plan, totalItems } = wanted;
    const terms = { ...plan, attempts: contest.recording };
    const scheduled = await contest.sales.scheduleApart(terms, generatedCatalogue(plan.id, totalItems));
    if (scheduled.kind === "overlaps") return scheduled;
    await contest.learn(plan.id);
    const runs = plan.opensAtMs <= parts.clock.nowMs();
    for (let look = 0; runs && look < LOOKS_MAX && board.view(plan.id)?.sale.state !== "open"; look += 1) {
      await pause(LOOK_MS);
    }
    const facts = saleFacts({ ...plan, totalItems });
    return { kind: "created", body: { ...facts, data: facts } };
  };
}

function wantedIn(fields: Fields, id: string, nowMs: number): Wanted | { readonly errors: Errors } {
  const parsed = body.safeParse(fields);
  if (!parsed.success) {
    return { errors: Object.fromEntries(parsed.error.issues.map((issue) => [issue.path.join("."), issue.message])) };
  }
  // The whole second that has begun: a gate whose clock is a little behind admits too.
  const opensAtMs = parsed.data.started_at ?? Math.floor(nowMs / 1_000) * 1_000;
  const closesAtMs = parsed.data.ended_at ?? opensAtMs + HOUR_MS;
  if (closesAtMs <= Math.max(opensAtMs, nowMs))
    return { errors: { ended_at: "must be after started_at, and to come" } };
  const settleUntilMs = closesAtMs + SETTLE_GRACE_MS;
  return {
    plan: { id, opensAtMs, closesAtMs, settleUntilMs, limitPerUser: LIMIT_PER_USER },
    totalItems: parsed.data.total_items,
  };
}

/** What comes with a request that a proxy on this machine passes on, or a page in a browser on it sends. */
const FROM_ELSEWHERE = ["x-forwarded-for", "forwarded", "origin"] as const;

/** Whether a request comes from a program on this machine. */
function isLocal({ socket, headers }: Request): boolean {
  return (
    FROM_ELSEWHERE.every((name) => headers[name] === undefined) &&
    /^(?:::ffff:)?127\.|^::1$/.test(socket.remoteAddress ?? "")
  );
}
