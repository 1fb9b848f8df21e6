import type { Audit, Watched } from "./shapes.ts";

export interface Finding {
  readonly promise: string;
  readonly message: string;
}

/** One of the promises an audit looks at, and what came of it. */
export interface PromiseState {
  readonly name: string;
  readonly state: "kept" | "broken" | "unchecked";
  /** Why it was not looked at. */
  readonly why: string;
}

export interface Judgement {
  readonly kind: "good" | "bad" | "unknown";
  readonly title: string;
  readonly findings: readonly Finding[];
  /** Findings that there are beside those. */
  readonly more: number;
  readonly promises: readonly PromiseState[];
  readonly checkedMsAgo: number | null;
}

const PROMISES: ReadonlyMap<number, string> = new Map([
  [1, "Stock"],
  [2, "Limits"],
  [3, "Gate"],
  [4, "Gate = ledger"],
  [6, "Attempts"],
  [7, "Keys"],
  [10, "Window"],
]);

const WHY = {
  no_gate: "there is no gate",
  not_at_rest: "units are in motion",
  attempts_not_recorded: "the sale keeps no attempts",
} as const;

/** An older check says nothing of now. */
const STALE_MS = 30_000;

/** Whether every unit is accounted for: by the last audit of both books, and by the sum that is shown. */
export function judge({ audit, units }: Watched, atMs: number): Judgement {
  const promises = promisesOf(audit);
  if (!audit) {
    return { kind: "unknown", title: "Not checked yet", findings: [], more: 0, promises, checkedMsAgo: null };
  }
  const checkedMsAgo = Math.max(0, atMs - Date.parse(audit.checked_at));
  const findings = [...sumFindings(units), ...audit.violations.map(findingOf)];
  const more = audit.violations_total - audit.violations.length;
  const common = { findings, more, promises, checkedMsAgo };
  if (findings.length > 0) return { kind: "bad", title: "The books do not agree", ...common };
  if (checkedMsAgo > STALE_MS) return { kind: "unknown", title: "The last check is old", ...common };
  return { kind: "good", title: "Every unit is accounted for", ...common };
}

function sumFindings({ total, sold, held, available }: Watched["units"]): Finding[] {
  if (sold + held + available === total) return [];
  return [{ promise: "Sum", message: `sold, held and available come to ${sold + held + available}, not to ${total}` }];
}

function findingOf({ invariant, message }: Audit["violations"][number]): Finding {
  return { promise: PROMISES.get(invariant) ?? `Promise ${invariant}`, message };
}

/** `audit`: null where there is none. */
export function promisesOf(audit: Audit | null): PromiseState[] {
  return [...PROMISES].map(([invariant, name]) => {
    if (!audit) return { name, state: "unchecked", why: "" };
    if (audit.violations.some((violation) => violation.invariant === invariant)) {
      return { name, state: "broken", why: "" };
    }
    const skipped = audit.unchecked.find((unchecked) => unchecked.invariant === invariant);
    return skipped ? { name, state: "unchecked", why: WHY[skipped.reason] } : { name, state: "kept", why: "" };
  });
}
