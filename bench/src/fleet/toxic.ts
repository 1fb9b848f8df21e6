/**
 * What ails the path to a store, named as in Toxiproxy (https://github.com/Shopify/toxiproxy) where it has the like.
 * A stream never has a gap: a connection that lost bytes is reset when the path heals, as TCP would in the end.
 *
 * - `latency`: every byte arrives late.
 * - `timeout`: a black hole; connections are accepted and all that is sent is swallowed.
 * - `one_way`: what goes upstream (requests) or downstream (answers) is swallowed, the rest passes.
 * - `reset_peer`: RST at once, and for whoever connects.
 * - `limit_data`: RST after so many bytes of answers, in the middle of one.
 * - `down`: nobody listens.
 */
export type Toxic =
  | { readonly kind: "latency"; readonly latencyMs: number; readonly jitterMs: number }
  | { readonly kind: "timeout" }
  | { readonly kind: "one_way"; readonly lost: Direction }
  | { readonly kind: "reset_peer" }
  | { readonly kind: "limit_data"; readonly bytes: number }
  | { readonly kind: "down" };

/** `upstream`: towards the store. */
export type Direction = "upstream" | "downstream";

/** Whether what travels in this direction is lost. */
export function swallows(toxic: Toxic | null, direction: Direction): boolean {
  return toxic?.kind === "timeout" || (toxic?.kind === "one_way" && toxic.lost === direction);
}
