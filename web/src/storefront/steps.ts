import { spanText } from "../design/figures.ts";
import { type Attempt, decidedAfterMs, type Stage, stageOf } from "./attempt.ts";

/** A step on the way of an attempt, and the time that it took, or takes. */
export interface Step {
  readonly name: string;
  readonly state: "done" | "current" | "failed" | "ahead";
  readonly time: string;
}

const NAMES: Readonly<Record<Stage, readonly [string, string, string]>> = {
  asking: ["Reserving", "Settling", "Confirmed"],
  settling: ["Reserved", "Settling", "Confirmed"],
  confirmed: ["Reserved", "Settled", "Confirmed"],
  rejected: ["Reserved", "Settled", "Turned down"],
  expired: ["Reserved", "Settling", "Expired"],
  cancelled: ["Reserved", "Settling", "Cancelled"],
  refused: ["Not reserved", "Settling", "Confirmed"],
};

const STATES: Readonly<Record<Stage, readonly [Step["state"], Step["state"], Step["state"]]>> = {
  asking: ["current", "ahead", "ahead"],
  settling: ["done", "current", "ahead"],
  confirmed: ["done", "done", "done"],
  rejected: ["done", "done", "failed"],
  expired: ["done", "ahead", "failed"],
  cancelled: ["done", "ahead", "failed"],
  refused: ["failed", "ahead", "ahead"],
};

/** Reserved → Settling → Confirmed, or what became of them. `sinceMs`: since the click; null while nothing is under way. */
export function stepsOf(attempt: Attempt, sinceMs: number | null): readonly Step[] {
  const stage = stageOf(attempt);
  const { reservedAfterMs } = attempt;
  const decidedMs = decidedAfterMs(attempt);
  const text = (ms: number | null) => (ms === null ? "" : spanText(ms));
  const runs = (of: Stage) => (stage === of ? sinceMs : null);
  const less = (ms: number | null) => (ms === null ? null : ms - (reservedAfterMs ?? 0));
  const judged = stage === "confirmed" || stage === "rejected" ? decidedMs : null;
  const times = [text(reservedAfterMs ?? runs("asking")), text(less(judged ?? runs("settling"))), text(decidedMs)];
  return times.map((time, at) => ({ name: NAMES[stage][at] ?? "", state: STATES[stage][at] ?? "ahead", time }));
}
