import { grouped } from "../design/figures.ts";
import { type FunnelStep, funnelOf, knowsOnlyPart } from "./funnel-steps.ts";
import type { Watched } from "./shapes.ts";

const NOTHING = { attempts: {}, checkouts: {} };
const SHOWN_MAX = 4;

/** Attempts, holds and verdicts, with the reasons of those who went no further. */
export function Funnel({ watched }: { readonly watched: Watched | null }) {
  const counts = watched ?? NOTHING;
  return (
    <section class="card funnel" aria-labelledby="funnel-title">
      <h2 id="funnel-title" class="card-title">
        Funnel
      </h2>
      <ol class="steps">
        {funnelOf(counts).map((step) => (
          <Step key={step.name} step={step} />
        ))}
      </ol>
      <p class="small soft funnel-note">
        {knowsOnlyPart(counts)
          ? "Attempts and holds are of this api, since its start; the ledger has more."
          : "Attempts and holds as this api counts them, verdicts from the ledger."}
      </p>
    </section>
  );
}

function Step({ step: { name, count, share, reasons } }: { readonly step: FunnelStep }) {
  return (
    <li class="step">
      <p class="step-head">
        <span>{name}</span>
        <strong class="figures">{grouped(count)}</strong>
      </p>
      <span class="step-track" aria-hidden="true">
        <span class="step-bar" style={{ width: `${share * 100}%` }} />
      </span>
      <ul class="reasons small soft figures">
        {reasons.slice(0, SHOWN_MAX).map((reason) => (
          <li key={reason.name}>
            {reason.name} {grouped(reason.count)}
          </li>
        ))}
      </ul>
    </li>
  );
}
