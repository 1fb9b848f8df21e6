import {
  type Clock,
  type GateReader,
  type GateTotals,
  ledgerTotals,
  type Opening,
  type ProgressLedger,
  phaseOf,
  type QueueDepth,
  type QueueReader,
  type Sale,
  type SaleLedger,
  type SalePhase,
  type SaleProgress,
} from "@flashgate/core";
import { chosenSale } from "../chosen-sale.ts";
import type { OpsReading } from "./ops-ports.ts";
import { PacedSource } from "./paced-source.ts";
import { SellingPace } from "./selling-pace.ts";

/** `unknown`: Redis is away, or does not let this user ask. */
export type GateState = "not_opened" | "recovering" | "open" | "shut" | "closed" | "unknown";

/** A sale at one moment; what could not be seen is null, and `faults` say why. */
export interface WatchReading {
  readonly atMs: number;
  readonly sale: Sale;
  readonly phase: SalePhase;
  /** The gate's, or where it has none to tell, the ledger's. */
  readonly totals: GateTotals;
  readonly soldPerS: number | null;
  readonly gate: GateState;
  readonly progress: SaleProgress | null;
  readonly queue: QueueDepth | null;
  /** Null where no ops port is known, too. */
  readonly ops: OpsReading | null;
  readonly faults: readonly string[];
}

export interface WatcherParts {
  readonly ledger: Pick<SaleLedger, "find" | "list">;
  readonly progress: ProgressLedger;
  readonly gate: Pick<GateReader, "totals">;
  readonly opening: Pick<Opening, "isOpen">;
  readonly queue: QueueReader;
  /** Null where no ops port is known. */
  readonly ops: { read(): Promise<OpsReading> } | null;
  readonly wallClock: Clock;
  readonly steadyClock: Clock;
}

/** What is more than a few keys or one row is looked at once a second at most. */
const COSTLY_MS = 1_000;

/** Looks at one sale from all sides; `choice` is an id, or "current", which moves on with the hours. */
export class Watcher {
  readonly #parts: WatcherParts;
  readonly #choice: string;
  readonly #pace = new SellingPace();
  readonly #sources: ReturnType<typeof sourcesOf>;
  #sale: Sale | null = null;

  constructor(parts: WatcherParts, choice: string) {
    this.#parts = parts;
    this.#choice = choice;
    this.#sources = sourcesOf(parts, choice, () => this.#sale?.openEpoch ?? 0);
  }

  /** Throws a CommandFault where there is no such sale; what fails later is told in the reading. */
  async look(): Promise<WatchReading> {
    const { ledger, wallClock } = this.#parts;
    const { sales, totals, openness, progress, queue, ops } = this.#sources;
    this.#sale ??= await chosenSale(ledger, this.#choice, wallClock);
    // A ledger that is away does not hide what the gate says of the sale that is known.
    const sale = (await sales.look("")) ?? this.#sale;
    this.#sale = sale;
    const asked = sale.state === "open" ? openness : null;
    const [gateTotals, isOpen, saleProgress, depth, told] = await Promise.all([
      totals.look(sale.id),
      asked?.look(sale.id) ?? null,
      progress.look(sale.id),
      queue.look(""),
      ops?.look("") ?? null,
    ]);
    const atMs = wallClock.nowMs();
    const units = gateTotals?.epoch === sale.openEpoch ? gateTotals.totals : ledgerTotals(sale);
    return {
      atMs,
      sale,
      phase: phaseOf(sale, atMs),
      totals: units,
      soldPerS: this.#pace.add(sale.id, atMs, units.sold),
      gate: gateStateOf(sale, isOpen),
      progress: saleProgress,
      queue: depth,
      ops: told,
      faults: [sales, totals, asked, progress, queue, ops].flatMap((source) => source?.fault ?? []),
    };
  }
}

function sourcesOf(parts: WatcherParts, choice: string, openEpoch: () => number) {
  const { ledger, progress, gate, opening, queue, ops, wallClock, steadyClock } = parts;
  const often = { clock: steadyClock, everyMs: 0 };
  const seldom = { clock: steadyClock, everyMs: COSTLY_MS };
  return {
    sales: new PacedSource("postgres", () => chosenSale(ledger, choice, wallClock), often),
    totals: new PacedSource("redis", (saleId) => gate.totals(saleId), often),
    openness: new PacedSource("gate", (saleId) => opening.isOpen(saleId, openEpoch()), often),
    progress: new PacedSource("checkouts", (saleId) => progress.progress(saleId), seldom),
    queue: new PacedSource("queue", () => queue.depth(), often),
    ops: ops && new PacedSource("ops", () => ops.read(), seldom),
  };
}

function gateStateOf({ state }: Sale, isOpen: boolean | null): GateState {
  switch (state) {
    case "scheduled":
      return "not_opened";
    case "recovering":
    case "closed":
      return state;
    case "open":
      return isOpen === null ? "unknown" : isOpen ? "open" : "shut";
    default:
      return state satisfies never;
  }
}
