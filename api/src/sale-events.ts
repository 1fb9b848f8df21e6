import { type Clock, phaseOf, type SaleBoard, type SalePhase, type SaleView } from "@flashgate/core";
import type { Response } from "express";
import { saleAt } from "./routes/route.ts";
import { phaseBody, saleBody, saleVersion, stockBody } from "./sale-body.ts";
import { eventOf, type Stream, type Streams } from "./streams.ts";

export interface SaleEventParts {
  readonly board: SaleBoard;
  readonly streams: Streams;
  readonly clock: Clock;
  /** Names this process's life: versions are counted from its start. */
  readonly instance: string;
}

/** Those who follow one sale, or whichever is `current`. */
interface Audience {
  readonly streams: Set<Stream>;
  /** What all of them were shown last, but for those who joined since with something newer. */
  shown: SaleView;
  phase: SalePhase;
  joined: boolean;
}

/**
 * Tells the followers of sales what changes on the board: each tick sends at most one event of each kind, written once
 * for all who follow, however much happened since.
 */
export class SaleEvents {
  readonly #parts: SaleEventParts;
  readonly #audiences = new Map<string, Audience>();

  constructor(parts: SaleEventParts) {
    this.#parts = parts;
  }

  /** Answers with a stream of the sale that a path names `name`: what it looks like now, then what changes. False: there are too many streams. */
  follow(response: Response, name: string, view: SaleView): boolean {
    const audience = this.#audiences.get(name) ?? this.#audienceOf(view);
    const leave = () => {
      if (stream) audience.streams.delete(stream);
      if (audience.streams.size === 0 && this.#audiences.get(name) === audience) this.#audiences.delete(name);
    };
    const stream = this.#parts.streams.open(response, this.#snapshot(view), leave);
    if (!stream) return false;
    audience.streams.add(stream);
    audience.joined = true;
    this.#audiences.set(name, audience);
    return true;
  }

  /** To be called as often as events may follow one another. */
  tick(): void {
    for (const [name, audience] of this.#audiences) this.#tell(name, audience);
  }

  #tell(name: string, audience: Audience): void {
    const { board, clock, instance } = this.#parts;
    const nowMs = clock.nowMs();
    const view = saleAt(board, name, nowMs);
    if (view) {
      const { shown, joined } = audience;
      const phase = phaseOf(view.sale, nowMs);
      const id = saleVersion(view, instance, nowMs);
      const say = (kind: string, data: object) => broadcast(audience, eventOf(kind, id, data));
      if (view.sale.id !== shown.sale.id) {
        broadcast(audience, this.#snapshot(view));
      } else {
        if (differ(view, shown) || (joined && view.version !== shown.version)) say("stock", stockBody(view));
        if (phase !== audience.phase) say("phase", phaseBody(phase, nowMs));
      }
      Object.assign(audience, { shown: view, phase, joined: false });
    }
    // Sealed, or off the board: nothing follows. Who comes back is told so.
    if (!view || view.sale.state === "closed") for (const stream of audience.streams) stream.end();
  }

  #audienceOf(view: SaleView): Audience {
    return {
      streams: new Set(),
      shown: view,
      phase: phaseOf(view.sale, this.#parts.clock.nowMs()),
      joined: false,
    };
  }

  #snapshot(view: SaleView): Buffer {
    const { board, clock, instance } = this.#parts;
    const nowMs = clock.nowMs();
    return eventOf("snapshot", saleVersion(view, instance, nowMs), saleBody(view, nowMs, board.nextOpensAtMs(nowMs)));
  }
}

function broadcast({ streams }: Audience, event: Buffer): void {
  for (const stream of streams) stream.send(event);
}

function differ({ totals: a }: SaleView, { totals: b }: SaleView): boolean {
  return a.available !== b.available || a.held !== b.held || a.sold !== b.sold;
}
