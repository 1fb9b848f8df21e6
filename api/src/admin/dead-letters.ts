import { giveUpDeadLetter, listDeadLetters, retryDeadLetter, retryDeadLetters } from "@flashgate/core";
import { deadLettersQuery, ofSaleQuery, queryOf } from "../list-query.ts";
import { malformed, type Problem } from "../problems.ts";
import { sendPrivate } from "../responses.ts";
import { type Handler, param } from "../routes/route.ts";
import { type AdminParts, told } from "./routes.ts";
import { letterView } from "./views.ts";

const NO_LETTER: Problem = { kind: "not_found", what: "checkout" };
/** Stands in the audit log where a change is not of one sale. */
const EVERY_SALE = "all";

/** `GET /v1/admin/dead-letters`: the oldest first. */
export function listLetters({ ledger }: AdminParts): Handler {
  return async (request, response) => {
    const parsed = queryOf(deadLettersQuery, request);
    if (parsed.kind !== "query") return parsed;
    const { sale: saleId = null, starting_after: startingAfter = null, limit } = parsed.query;
    const unknown = await unknownSale(ledger, saleId);
    if (unknown) return unknown;
    const { letters, hasMore } = await listDeadLetters(ledger, { saleId, startingAfter, limit });
    return void sendPrivate(response, { data: letters.map(letterView), has_more: hasMore });
  };
}

/** `POST /v1/admin/dead-letters/retry`: every one of them, of all sales or of one. */
export function retryLetters(parts: AdminParts): Handler {
  return async (request, response) => {
    const parsed = queryOf(ofSaleQuery, request);
    if (parsed.kind !== "query") return parsed;
    const { sale: saleId = null } = parsed.query;
    const unknown = await unknownSale(parts.ledger, saleId);
    if (unknown) return unknown;
    const counts = await retryDeadLetters(parts, saleId);
    const outcome = `sent ${counts.sent}, decided ${counts.decided}, not_held ${counts.not_held}`;
    told(parts, response, { action: "retry_letters", saleId: saleId ?? EVERY_SALE, outcome });
    return void sendPrivate(response, counts);
  };
}

/** `POST /v1/admin/dead-letters/{checkout}/retry` */
export function retryLetter(parts: AdminParts): Handler {
  return async (request, response) => {
    const checkoutId = param(request, "checkout");
    const outcome = await retryDeadLetter(parts, checkoutId);
    if (outcome.kind === "unknown") return NO_LETTER;
    const { kind, saleId } = outcome;
    told(parts, response, { action: "retry_letter", saleId, checkoutId, outcome: kind });
    if (outcome.kind === "not_held") return { kind: "gate_shut" };
    const verdict = outcome.kind === "decided" ? outcome.verdict : null;
    return void sendPrivate(response, { checkout_id: checkoutId, sale_id: saleId, outcome: kind, verdict });
  };
}

/** `POST /v1/admin/dead-letters/{checkout}/give-up` */
export function giveUpLetter(parts: AdminParts): Handler {
  return async (request, response) => {
    const checkoutId = param(request, "checkout");
    const outcome = await giveUpDeadLetter(parts, checkoutId);
    if (outcome.kind === "unknown") return NO_LETTER;
    const { kind, saleId } = outcome;
    const word = outcome.kind === "decided" ? outcome.verdict.state : kind;
    told(parts, response, { action: "give_up_letter", saleId, checkoutId, outcome: word });
    if (outcome.kind === "not_writable") return { kind: "not_writable" };
    const { verdict } = outcome;
    return void sendPrivate(response, { checkout_id: checkoutId, sale_id: saleId, outcome: kind, verdict });
  };
}

async function unknownSale(ledger: AdminParts["ledger"], saleId: string | null): Promise<Problem | null> {
  if (saleId === null || (await ledger.find(saleId))) return null;
  return malformed([{ field: "sale", message: "names no sale" }]);
}
