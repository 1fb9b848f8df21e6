import type { Ticket } from "@flashgate/core";
import { saleVersion } from "../sale-body.ts";
import type { SaleEvents } from "../sale-events.ts";
import { eventOf, lastEventIdOf, type Stream, type Streams, sendNothingMore } from "../streams.ts";
import type { TicketView } from "../ticket-view.ts";
import { type Handler, param } from "./route.ts";
import { type SaleParts, viewOf } from "./sales.ts";
import { NOT_FOUND, noteTicket, seenOf, type TicketParts } from "./tickets.ts";

export interface EventParts extends SaleParts, TicketParts {
  readonly streams: Streams;
  readonly saleEvents: SaleEvents;
}

const TOO_MANY = { kind: "too_many_streams" } as const;

/** `GET /v1/sales/{id|current}/events`: a `snapshot`, then `stock` and `phase` as they change. */
export function followSale(parts: EventParts): Handler {
  return async (request, response) => {
    const nowMs = parts.clock.nowMs();
    const name = param(request, "sale");
    const found = await viewOf(parts, name, nowMs);
    if (found.kind !== "view") return found;
    const { view } = found;
    const sealed = view.sale.state === "closed";
    if (sealed && lastEventIdOf(request) === saleVersion(view, parts.instance, nowMs)) {
      return void sendNothingMore(response);
    }
    return parts.saleEvents.follow(response, name, view) ? undefined : TOO_MANY;
  };
}

/** `GET /v1/tickets/{ticket}/events`: a `snapshot`, then the `verdict`, with which the stream ends. */
export function followTicket(parts: EventParts): Handler {
  return async (request, response) => {
    const sealed = param(request, "ticket");
    const ticket = parts.seal.open(sealed);
    if (!ticket) return NOT_FOUND;
    noteTicket(request, ticket);
    const seen = await seenOf(parts, ticket, sealed, AT_ONCE);
    if (seen.kind !== "seen") return seen;
    if (!seen.pending && lastEventIdOf(request) === seen.view.status) return void sendNothingMore(response);

    let unwatch: () => void = () => undefined;
    const stream = parts.streams.open(response, ticketEvent("snapshot", seen.view), () => unwatch());
    if (!stream) return TOO_MANY;
    if (seen.pending) unwatch = tellVerdict(parts, ticket, sealed, stream);
    else stream.end();
    return undefined;
  };
}

/** Sends the verdict once it is known, whoever told of it, and ends the stream. The returned function gives up. */
function tellVerdict(parts: EventParts, ticket: Ticket, sealed: string, stream: Stream): () => void {
  const tell = async () => {
    if (stream.closed) return;
    const seen = await seenOf(parts, ticket, sealed, AT_ONCE);
    if (seen.kind !== "seen" || seen.pending) return;
    stream.send(ticketEvent("verdict", seen.view));
    stream.end();
  };
  // What cannot be read now is looked for again with all that is awaited.
  const wake = () => void tell().catch(() => undefined);
  const unwatch = parts.verdicts.watch({ ticket, wake, abandoned: () => stream.closed });
  if (parts.verdicts.get(ticket.checkoutId)) wake();
  return unwatch;
}

const AT_ONCE = { waitMs: 0, abandoned: () => false } as const;

/** A ticket's versions are its states. */
function ticketEvent(name: "snapshot" | "verdict", view: TicketView): Buffer {
  return eventOf(name, view.status, view);
}
