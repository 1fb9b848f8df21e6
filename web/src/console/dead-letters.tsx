import { spanText } from "../design/figures.ts";
import { giveUpLetter, retryLetter, retryLetters } from "./actions.ts";
import { ask } from "./confirm-dialog.tsx";
import { lookedUp } from "./desk.ts";
import type { ConsoleBody, DeadLetter } from "./shapes.ts";

/** Checkouts that could not be judged, and the two ways on for each. */
export function DeadLetters({
  letters,
  atMs,
}: {
  readonly letters: ConsoleBody["dead_letters"];
  readonly atMs: number;
}) {
  const count = letters ? `${letters.data.length}${letters.has_more ? "+" : ""}` : "–";
  const some = letters !== null && letters.data.length > 0;
  return (
    <section class="card letters" aria-labelledby="letters-title">
      <header class="letters-head">
        <h2 id="letters-title" class="card-title">
          Dead letters <span class="figures soft">{count}</span>
        </h2>
        {some && (
          <button type="button" class="button" onClick={() => ask(retryLetters)}>
            Retry all
          </button>
        )}
      </header>
      {letters?.data.length === 0 && <p class="soft small">None: every checkout can be judged.</p>}
      <ul class="letter-list">
        {letters?.data.map((letter) => (
          <Letter key={letter.checkout_id} letter={letter} atMs={atMs} />
        ))}
      </ul>
    </section>
  );
}

function Letter({ letter, atMs }: { readonly letter: DeadLetter; readonly atMs: number }) {
  const { checkout_id: checkout, cause, tries, last_failed_at: last } = letter;
  const short = `…${checkout.slice(-8)}`;
  return (
    <li class="letter">
      <div class="letter-about">
        <p class="letter-cause">{cause}</p>
        <p class="small soft figures">
          {short}, {tries} tries, {spanText(atMs - Date.parse(last))} ago
        </p>
      </div>
      <div class="control-row">
        <button type="button" class="button" aria-label={`Timeline of ${short}`} onClick={() => show(checkout)}>
          Timeline
        </button>
        <button type="button" class="button" aria-label={`Retry ${short}`} onClick={() => ask(retryLetter(checkout))}>
          Retry
        </button>
        <button
          type="button"
          class="button"
          aria-label={`Give up ${short}`}
          onClick={() => ask(giveUpLetter(checkout))}
        >
          Give up
        </button>
      </div>
    </li>
  );
}

function show(checkout: string): void {
  lookedUp.value = checkout;
  document.getElementById("timeline-title")?.scrollIntoView({ block: "nearest" });
}
