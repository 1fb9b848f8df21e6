import {
  type AuditLedger,
  type Clock,
  type GateReader,
  type GatesParts,
  observeBooks,
  type QueueReader,
  readGates,
  rotationDelayMs,
  type Sale,
  type SaleLedger,
  type Telemetry,
  UNSEALED_STATES,
} from "@flashgate/core";
import type { Duty } from "./beat.ts";

export interface ObservationParts extends GatesParts {
  readonly ledger: Pick<SaleLedger, "list"> & AuditLedger;
  readonly gate: GateReader;
  readonly queue: QueueReader;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
}

const LOOK_MS = 2_000;
/** An audit reads sales as a whole: some tenths of a second of the stores' time, and many where a million units are held. */
const AUDIT_MS = 15_000;
const AUDIT_SHARE_MAX = 0.02;
/** Sales looked at, newest window first. */
const SALES_MAX = 200;
const AUDITED_MAX = 20;

/**
 * Looks at what no process knows of itself, and tells it: gates, queue and books. Every scheduler does, so that whoever
 * watches misses nothing while one of them lives.
 */
export function createObservations(parts: ObservationParts, options: { readonly rotation: boolean }): Duty[] {
  const { ledger, queue, clock, telemetry } = parts;
  const startedMs = clock.nowMs();
  let known: readonly Sale[] = [];

  /** While the ledger is away the sales last seen go on beginning and ending by the clock. */
  const sales = async () => {
    const listed = await ledger.list({ states: UNSEALED_STATES, limit: SALES_MAX }).catch(() => null);
    known = listed ?? known;
    return known;
  };
  const look: Duty = {
    name: "look",
    everyMs: LOOK_MS,
    runOnce: async () => {
      const depth = queue.depth().catch(() => null);
      const unsealed = await sales();
      const nowMs = clock.nowMs();
      const gates = await readGates(
        parts,
        unsealed.filter((sale) => sale.opensAtMs <= nowMs && nowMs < sale.closesAtMs),
      );
      const delayMs = options.rotation ? rotationDelayMs(unsealed, nowMs, startedMs) : 0;
      telemetry.emit({ kind: "gates_observed", gates, rotationDelayMs: delayMs });
      telemetry.emit({ kind: "queue_observed", depth: await depth });
    },
  };
  const audit: Duty = {
    name: "audit",
    everyMs: AUDIT_MS,
    shareMax: AUDIT_SHARE_MAX,
    runOnce: async () => {
      const nowMs = clock.nowMs();
      const unsealed = await ledger.list({ states: UNSEALED_STATES, limit: SALES_MAX });
      const begun = unsealed.filter((sale) => sale.opensAtMs <= nowMs && sale.openEpoch > 0);
      telemetry.emit({ kind: "books_observed", books: await observeBooks(parts, begun.slice(0, AUDITED_MAX)) });
    },
  };
  return [look, audit];
}
