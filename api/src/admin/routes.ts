import {
  type AttemptRecording,
  auditSale,
  type Ids,
  type Ledger,
  listSales,
  type Opening,
  type PauseOutcome,
  pauseSale,
  type ReconcileParts,
  readTimeline,
  reconcileSale,
  resumeSale,
} from "@flashgate/core";
import type { Response } from "express";
import { queryOf, salesQuery } from "../list-query.ts";
import { malformed, type Problem } from "../problems.ts";
import { sendCreated, sendPrivate } from "../responses.ts";
import { type Handler, param } from "../routes/route.ts";
import { attemptsQuery, cursorAfter, placeOf } from "./attempts-query.ts";
import type { ConsoleParts } from "./console.ts";
import { readDocument } from "./json-document.ts";
import { saleOf } from "./sale-request.ts";
import { attemptView, reconciliationView, reportView, saleView, timelineView } from "./views.ts";

/** A change that somebody asked for on the ops port. */
export interface AdminChange {
  readonly holder: string;
  readonly action:
    | "create_sale"
    | "pause_sale"
    | "resume_sale"
    | "reconcile_sale"
    | "retry_letter"
    | "retry_letters"
    | "give_up_letter"
    | "send_crowd";
  readonly saleId: string;
  /** Where it is one checkout that was changed. */
  readonly checkoutId?: string;
  readonly outcome: string;
}

export interface AdminParts extends ReconcileParts {
  readonly ledger: Ledger;
  readonly opening: Pick<Opening, "tellPaused">;
  readonly ids: Pick<Ids, "saleId">;
  /** What a new sale keeps of attempts where its maker does not say. */
  readonly recording: AttemptRecording;
  readonly console: ConsoleParts;
  /** The audit log. */
  readonly onChange: (change: AdminChange) => void;
}

const NO_SALE: Problem = { kind: "not_found", what: "sale" };

/** `POST /v1/admin/sales`: the scheduler opens it when its time comes. */
export function createSale(parts: AdminParts): Handler {
  return async (request, response) => {
    const document = await readDocument(request, response);
    if (document.kind !== "json") return document;
    const id = parts.ids.saleId();
    const sale = saleOf(document.value, id, parts.clock.nowMs());
    if ("kind" in sale) return sale;
    const plan = { ...sale.plan, attempts: sale.plan.attempts ?? parts.recording };
    const outcome = await parts.ledger.schedule(plan, sale.catalogue);
    told(parts, response, { action: "create_sale", saleId: id, outcome });
    const created = await parts.ledger.find(id);
    return created ? void sendCreated(response, saleView(created), `/v1/admin/sales/${id}`) : NO_SALE;
  };
}

/** `GET /v1/admin/sales`: newest window first. */
export function listEverySale({ ledger }: AdminParts): Handler {
  return async (request, response) => {
    const parsed = queryOf(salesQuery, request);
    if (parsed.kind !== "query") return parsed;
    const { limit, starting_after: startingAfter = null } = parsed.query;
    const page = await listSales(ledger, { limit, startingAfter });
    if (!page) return malformed([{ field: "starting_after", message: "names no sale" }]);
    return void sendPrivate(response, { data: page.sales.map(saleView), has_more: page.hasMore });
  };
}

/** `GET /v1/admin/sales/{id}` */
export function readSaleRow({ ledger }: AdminParts): Handler {
  return async (request, response) => {
    const sale = await ledger.find(param(request, "sale"));
    return sale ? void sendPrivate(response, saleView(sale)) : NO_SALE;
  };
}

/** `POST /v1/admin/sales/{id}/pause` and `/resume`. */
export function setPaused(parts: AdminParts, paused: boolean): Handler {
  const [act, action] = paused ? ([pauseSale, "pause_sale"] as const) : ([resumeSale, "resume_sale"] as const);
  return async (request, response) => {
    const saleId = param(request, "sale");
    const outcome = await act(parts, saleId);
    told(parts, response, { action, saleId, outcome: wordOf(outcome) });
    switch (outcome.kind) {
      case "done":
        return void sendPrivate(response, { ...saleView(outcome.sale), gate: outcome.told ? "told" : "pending" });
      case "sale_closed":
        return outcome;
      case "unknown_sale":
        return NO_SALE;
      default:
        return outcome satisfies never;
    }
  };
}

function wordOf(outcome: PauseOutcome): string {
  if (outcome.kind !== "done") return outcome.kind;
  return outcome.told ? "gate_told" : "gate_pending";
}

/** `GET /v1/admin/sales/{id}/reconciliation`: the audit. */
export function readReconciliation(parts: AdminParts): Handler {
  return async (request, response) => {
    const report = await auditSale(parts, param(request, "sale"));
    return report ? void sendPrivate(response, reportView(report)) : NO_SALE;
  };
}

/** `POST /v1/admin/sales/{id}/reconciliation`: repairs what may be repaired. */
export function reconcile(parts: AdminParts): Handler {
  return async (request, response) => {
    const saleId = param(request, "sale");
    const done = await reconcileSale(parts, saleId);
    const outcome = done ? `recovery_${done.recovery}` : "unknown_sale";
    told(parts, response, { action: "reconcile_sale", saleId, outcome });
    return done ? void sendPrivate(response, reconciliationView(done)) : NO_SALE;
  };
}

/** `GET /v1/admin/sales/{id}/attempts`: latest first. */
export function listAttempts({ ledger }: AdminParts): Handler {
  return async (request, response) => {
    const saleId = param(request, "sale");
    const parsed = queryOf(attemptsQuery, request);
    if (parsed.kind !== "query") return parsed;
    const sale = await ledger.find(saleId);
    if (!sale) return NO_SALE;
    const { limit, user_id: userId, starting_after: cursor } = parsed.query;
    const user = userId === undefined ? {} : { userId };
    const attempts = await ledger.attempts({ saleId, ...user, ...placeOf(cursor), limit: limit + 1 });
    const page = attempts.slice(0, limit);
    const hasMore = attempts.length > limit;
    const next = hasMore ? cursorAfter(page, cursor) : null;
    const list = { data: page.map(attemptView), has_more: hasMore, next_starting_after: next };
    return void sendPrivate(response, { ...list, recorded: sale.attempts });
  };
}

/** `GET /v1/admin/checkouts/{id}` */
export function readCheckout(parts: AdminParts): Handler {
  return async (request, response) => {
    const checkoutId = param(request, "checkout");
    const timeline = await readTimeline(parts, checkoutId);
    if (!timeline) return { kind: "not_found", what: "checkout" };
    return void sendPrivate(response, timelineView(checkoutId, timeline));
  };
}

/** Writes a change into the audit log, with who asked for it. */
export function told({ onChange }: AdminParts, response: Response, change: Omit<AdminChange, "holder">): void {
  onChange({ holder: String(response.locals["holder"]), ...change });
}
