import { type Fault, labelOf } from "./fault.ts";

/** A fault that was done, or not: `took` tells whether it hit what it was meant for. */
export interface FaultRecord {
  readonly label: string;
  /** Whom it hit: a service, a store, or everybody. */
  readonly whom: string;
  readonly fromMs: number;
  /** When what it hit was itself again. Infinity while it is not. */
  untilMs: number;
  took: boolean;
  note?: string;
}

/** What was done to the fleet, and when. */
export class FaultLog {
  readonly records: FaultRecord[] = [];
  readonly #nowMs: () => number;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** Does it, and writes down from when until when. Whether it took; one that fails did not, and the siege goes on. */
  async run(fault: Fault, act: () => Promise<boolean>): Promise<boolean> {
    const record: FaultRecord = {
      label: labelOf(fault),
      whom: whomOf(fault),
      fromMs: this.#nowMs(),
      untilMs: Number.POSITIVE_INFINITY,
      took: false,
    };
    this.records.push(record);
    try {
      record.took = await act();
    } catch (error) {
      record.note = error instanceof Error ? error.message : String(error);
    }
    record.untilMs = this.#nowMs();
    return record.took;
  }

  /** How often a fault took, by label. */
  counts(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const { label, took } of this.records) if (took) counts.set(label, (counts.get(label) ?? 0) + 1);
    return counts;
  }

  /** Labels of the faults that went on between two moments and `matter`, but for those named `but`. */
  between(fromMs: number, untilMs: number, matters: (record: FaultRecord) => boolean, but: string): string[] {
    return this.records
      .filter((record) => record.label !== but && matters(record))
      .filter((record) => record.fromMs <= untilMs && record.untilMs >= fromMs)
      .map(({ label }) => label);
  }
}

function whomOf(fault: Fault): string {
  switch (fault.kind) {
    case "kill":
    case "stop":
      return fault.target;
    case "partition":
      return fault.name === "all" ? "all" : (fault.name.split("-")[0] ?? fault.name);
    case "loss":
    case "starve":
      return "redis";
    case "obliterate":
      return "queue";
    case "roll":
      return "all";
  }
}
