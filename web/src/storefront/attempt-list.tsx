import { spanText } from "../design/figures.ts";
import { type Attempt, decidedAfterMs, stageOf } from "./attempt.ts";

/** Attempts before the latest one. */
export function AttemptList({
  attempts,
  onDismiss,
}: {
  readonly attempts: readonly Attempt[];
  readonly onDismiss: (key: string) => void;
}) {
  if (attempts.length === 0) return null;
  return (
    <section class="earlier" aria-labelledby="earlier-head">
      <h2 id="earlier-head" class="small soft">
        Before that
      </h2>
      <ol class="earlier-list">
        {attempts.map((attempt) => (
          <Row key={attempt.key} attempt={attempt} onDismiss={onDismiss} />
        ))}
      </ol>
    </section>
  );
}

const WORD = {
  asking: "reserving",
  settling: "settling",
  confirmed: "yours",
  rejected: "turned down",
  expired: "expired",
  cancelled: "cancelled",
  refused: "not reserved",
} as const;

function Row({ attempt, onDismiss }: { readonly attempt: Attempt; readonly onDismiss: (key: string) => void }) {
  const stage = stageOf(attempt);
  const tookMs = decidedAfterMs(attempt);
  const what = attempt.itemName ?? (attempt.itemId === "any" ? "Any item" : attempt.itemId);
  const over = stage !== "asking" && stage !== "settling" && stage !== "confirmed";
  return (
    <li class={`earlier-row ${stage}`}>
      <span class="earlier-what">{what}</span>
      <span class="earlier-word small">{WORD[stage]}</span>
      <span class="earlier-time small soft figures">
        {stage === "confirmed" && tookMs !== null ? spanText(tookMs) : ""}
      </span>
      {over && (
        <button
          type="button"
          class="plain"
          aria-label={`Dismiss ${what}, ${WORD[stage]}`}
          onClick={() => onDismiss(attempt.key)}
        >
          ×
        </button>
      )}
    </li>
  );
}
