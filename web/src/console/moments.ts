import { spanText } from "../design/figures.ts";
import type { TimelineBody } from "./shapes.ts";

/** Something that happened to a checkout. */
export interface Moment {
  readonly name: string;
  readonly detail: string;
  /** Null where nobody wrote down when. */
  readonly at: string | null;
  /** Since the moment before. */
  readonly after: string;
}

/** What is known of a checkout, in order: attempt, hold, wait, verdict. */
export function momentsOf({ attempts, hold, record, verdict }: TimelineBody): Moment[] {
  const items = (lines: readonly { item_id: string; quantity: number }[]) =>
    lines.map(({ item_id, quantity }) => (quantity === 1 ? item_id : `${quantity} × ${item_id}`)).join(", ");
  const found: Omit<Moment, "after">[] = attempts.map(({ at, units, outcome }) => ({
    name: "Attempt",
    detail: `${units} ${units === 1 ? "unit" : "units"}; the gate said ${outcome.replaceAll("_", " ")}`,
    at,
  }));
  if (record?.reserved_at) {
    found.push({
      name: "Held by the gate",
      detail: `${items(record.items)}; epoch ${record.epoch}`,
      at: record.reserved_at,
    });
  } else if (hold) {
    found.push({ name: "Held by the gate", detail: items(hold.items), at: hold.since });
  }
  if (verdict) {
    const reason = verdict.reason ? `: ${verdict.reason.replaceAll("_", " ")}` : "";
    found.push({ name: "Commit", detail: `${verdict.state}${reason}`, at: verdict.decided_at });
  } else {
    const until = hold ? `until ${hold.deadline.slice(11, 19)} UTC` : "";
    found.push({ name: "No verdict yet", detail: hold ? `${hold.mode}, ${until}` : "nothing holds it", at: null });
  }
  return found.map((moment, index) => ({ ...moment, after: sinceText(found[index - 1]?.at ?? null, moment.at) }));
}

function sinceText(before: string | null, at: string | null): string {
  if (before === null || at === null) return "";
  return `+${spanText(Date.parse(at) - Date.parse(before))}`;
}
