import type { DeadLetter, GiveUpOutcome, RetryOutcome } from "@flashgate/core";
import type { Palette } from "./palette.ts";
import { alignedLines } from "./table.ts";

/** Dead letters as an aligned table, in the order given. */
export function letterTable(letters: readonly DeadLetter[], { dim }: Palette): string {
  if (letters.length === 0) return "No dead letter: every checkout can be judged.";
  const rows = letters.map((letter) => [
    letter.checkoutId,
    letter.saleId,
    letter.userId,
    String(letter.tries),
    secondOf(letter.firstFailedAtMs),
    secondOf(letter.lastFailedAtMs),
    letter.cause,
  ]);
  const head = ["checkout", "sale", "user", "tries", "first failed (UTC)", "last failed (UTC)", "cause"];
  const [title, ...lines] = alignedLines(head, rows);
  return [dim(title), ...lines].join("\n");
}

function secondOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 19).replace("T", " ");
}

/** A dead letter for machines, in the words of the HTTP API. */
export function letterJson(letter: DeadLetter): object {
  return {
    checkout_id: letter.checkoutId,
    sale_id: letter.saleId,
    user_id: letter.userId,
    epoch: letter.epoch,
    cause: letter.cause,
    tries: letter.tries,
    first_failed_at: new Date(letter.firstFailedAtMs).toISOString(),
    last_failed_at: new Date(letter.lastFailedAtMs).toISOString(),
  };
}

/** What became of a checkout that was retried or given up. */
export type Tended = RetryOutcome | GiveUpOutcome;

/** Whether it went as was asked. */
export function wentWell({ kind }: Tended): boolean {
  return kind === "sent" || kind === "decided";
}

/** What became of it, as a line. */
export function tendedLine(checkoutId: string, outcome: Tended, { good, bad }: Palette): string {
  return `${checkoutId}  ${(wentWell(outcome) ? good : bad)(wordsOf(outcome))}`;
}

function wordsOf(outcome: Tended): string {
  switch (outcome.kind) {
    case "sent":
      return 'sent to the judge again: "flashgate dlq ls" shows it if it fails again';
    case "decided":
      return `decided: ${outcome.verdict.state}`;
    case "not_held":
      return "not held by the gate just now: try again once the gate is open";
    case "not_writable":
      return "cannot be given up: the fault keeps the ledger from any verdict, so mend it first";
    case "unknown":
      return 'no checkout of this id ever failed: list them with "flashgate dlq ls"';
    default:
      return outcome satisfies never;
  }
}

/** The same for machines. */
export function tendedJson(checkoutId: string, outcome: Tended): object {
  return {
    checkout_id: checkoutId,
    sale_id: outcome.kind === "unknown" ? null : outcome.saleId,
    outcome: outcome.kind,
    verdict: outcome.kind === "decided" ? outcome.verdict : null,
  };
}
