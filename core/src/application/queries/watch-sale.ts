import type { GateTotals } from "../../domain/outcomes.ts";
import { ledgerTotals, phaseOf, type Sale, type SalePhase } from "../../domain/sale.ts";
import type { Clock } from "../ports/clock.ts";
import type { GateReader, Opening } from "../ports/gate.ts";
import type { QueueDepth, QueueReader } from "../ports/queue-reader.ts";
import type { ProgressLedger, SaleProgress } from "../ports/sale-progress.ts";
import { type Looking, PacedSource } from "./paced-source.ts";
import { SellingPace } from "./selling-pace.ts";

/** `unknown`: Redis is away, or does not let this user ask. */
export type GateState = "not_opened" | "recovering" | "open" | "shut" | "closed" | "unknown";

/** A sale at one moment; what could not be seen is null, and `faults` say why. */
export interface WatchReading<Told = unknown> {
  readonly atMs: number;
  readonly sale: Sale;
  readonly phase: SalePhase;
  /** The gate's, or where it has none to tell, the ledger's. */
  readonly totals: GateTotals;
  readonly soldPerS: number | null;
  readonly gate: GateState;
  readonly progress: SaleProgress | null;
  readonly queue: QueueDepth | null;
  /** What the processes themselves tell; null where none is known, too. */
  readonly ops: Told | null;
  readonly faults: readonly string[];
}

export interface WatcherParts<Told> {
  /** The sale to look at, as the ledger has it now: for one choice it may be another as the hours go. */
  readonly choose: () => Promise<Sale>;
  readonly progress: Pick<ProgressLedger, "progress">;
  readonly gate: Pick<GateReader, "totals">;
  readonly opening: Pick<Opening, "isOpen">;
  readonly queue: QueueReader;
  /** Null where no process is known. */
  readonly ops: { read(): Promise<Told> } | null;
  readonly wallClock: Clock;
  /** By a steady clock. */
  readonly looking: Looking;
}

/** What is more than a few keys or one row is looked at once a second at most. */
const COSTLY_MS = 1_000;
/** The counts are one small read, and a sell-out is over in two seconds: in a rush most of a look's time is the way. */
const COUNTS_SHARE_MAX = 1 / 2;

/** Looks at one sale from all sides, at a pace that does not disturb it. */
export class Watcher<Told> {
  readonly #parts: WatcherParts<Told>;
  readonly #pace = new SellingPace();
  readonly #sources: ReturnType<typeof sourcesOf<Told>>;
  #sale: Sale | null = null;

  constructor(parts: WatcherParts<Told>) {
    this.#parts = parts;
    this.#sources = sourcesOf(parts, () => this.#sale?.openEpoch ?? 0);
  }

  /** Throws what `choose` throws the first time; what fails later is told in the reading. */
  async look(): Promise<WatchReading<Told>> {
    const { choose, wallClock } = this.#parts;
    const { sales, totals, openness, progress, queue, ops } = this.#sources;
    this.#sale ??= await choose();
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

function sourcesOf<Told>(parts: WatcherParts<Told>, openEpoch: () => number) {
  const { choose, progress, gate, opening, queue, ops, looking } = parts;
  const often = { ...looking, everyMs: 0 };
  const seldom = { ...looking, everyMs: COSTLY_MS };
  return {
    sales: new PacedSource("postgres", choose, often),
    totals: new PacedSource("redis", (saleId) => gate.totals(saleId), { ...often, shareMax: COUNTS_SHARE_MAX }),
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
