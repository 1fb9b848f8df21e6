import { useEffect } from "preact/hooks";
import { grouped, spanText } from "../design/figures.ts";
import { sendCrowd } from "./actions.ts";
import { ask } from "./confirm-dialog.tsx";
import { spoken } from "./desk.ts";
import { type Judgement, judge, type PromiseState, promisesOf } from "./judgement.ts";
import type { Crowd, Watched } from "./shapes.ts";

const PARTS = [
  { of: "sold", sign: "=" },
  { of: "held", sign: "+" },
  { of: "available", sign: "+" },
] as const;

interface VerdictParts {
  readonly watched: Watched | null;
  readonly atMs: number;
  readonly crowd: Crowd | null;
}

/** Whether every unit is accounted for, as large as it matters. */
export function Verdict({ watched, atMs, crowd }: VerdictParts) {
  const judgement = watched && judge(watched, atMs);
  const kind = judgement?.kind ?? "unknown";
  const title = judgement?.title ?? "No sale to look at";
  useEffect(() => {
    if (judgement && judgement.kind !== "unknown") spoken.value = `Verdict: ${title}`;
  }, [kind, title]);
  return (
    <section class={`card verdict ${kind}`} aria-labelledby="verdict-title">
      <div class="verdict-head">
        <h2 id="verdict-title" class="verdict-title">
          <Mark kind={kind} />
          {title}
        </h2>
        {crowd && <CrowdButton crowd={crowd} />}
      </div>
      <Equation units={watched?.units ?? null} />
      <StockBar units={watched?.units ?? null} />
      <Promises judgement={judgement} />
      {judgement && judgement.findings.length > 0 && (
        <ul class="findings">
          {judgement.findings.map(({ promise, message }) => (
            <li key={`${promise} ${message}`}>
              <strong>{promise}</strong> {message}
            </li>
          ))}
          {judgement.more > 0 && <li>and {grouped(judgement.more)} more</li>}
        </ul>
      )}
    </section>
  );
}

function Mark({ kind }: { readonly kind: Judgement["kind"] }) {
  const path = { good: "M5 10.5l3.5 3.5L15 6.5", bad: "M6 6l8 8M14 6l-8 8", unknown: "M6 10h8" }[kind];
  return (
    <svg class="mark" viewBox="0 0 20 20" width="28" height="28" aria-hidden="true">
      <circle cx="10" cy="10" r="10" />
      <path d={path} />
    </svg>
  );
}

function Equation({ units }: { readonly units: Watched["units"] | null }) {
  return (
    <dl class="equation figures">
      <div class="term total">
        <dt>units</dt>
        <dd>{units ? grouped(units.total) : "–"}</dd>
      </div>
      {PARTS.map(({ of, sign }) => (
        <div key={of} class={`term ${of}`}>
          <dt>{of}</dt>
          <dd>
            <span class="sign" aria-hidden="true">
              {sign}
            </span>
            {units ? grouped(units[of]) : "–"}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function StockBar({ units }: { readonly units: Watched["units"] | null }) {
  return (
    <div class="stock-bar" aria-hidden="true">
      {units &&
        PARTS.filter(({ of }) => units[of] > 0).map(({ of }) => (
          <span key={of} class={`stock-part ${of}`} style={{ flexGrow: units[of] / Math.max(1, units.total) }} />
        ))}
    </div>
  );
}

const SIGNS = { kept: "✓", broken: "✕", unchecked: "–" } as const;
const STATES = { kept: "kept", broken: "broken", unchecked: "not checked" } as const;

function Promises({ judgement }: { readonly judgement: Judgement | null }) {
  const promises = judgement?.promises ?? promisesOf(null);
  const skipped = promises.filter(({ why }) => why !== "").map(({ name, why }) => `${name} unchecked: ${why}`);
  return (
    <div class="promises">
      <ul class="promise-list" aria-label="What was checked">
        {promises.map((promise) => (
          <PromiseChip key={promise.name} promise={promise} />
        ))}
      </ul>
      <p class="small soft figures checked">{[checkedText(judgement), ...skipped].join("; ")}</p>
    </div>
  );
}

function checkedText(judgement: Judgement | null): string {
  const ago = judgement?.checkedMsAgo ?? null;
  return ago === null ? "Not checked yet" : `Checked ${spanText(ago)} ago`;
}

function PromiseChip({ promise: { name, state, why } }: { readonly promise: PromiseState }) {
  return (
    <li class={`promise ${state}`} title={why || STATES[state]}>
      <span aria-hidden="true">{SIGNS[state]}</span> {name}
      <span class="unseen">{STATES[state]}</span>
    </li>
  );
}

function CrowdButton({ crowd }: { readonly crowd: Crowd }) {
  const busy = crowd.state === "preparing" || crowd.state === "buying";
  const words = { preparing: "Making a sale", buying: "The crowd is buying" } as const;
  const text = crowd.state === "preparing" || crowd.state === "buying" ? words[crowd.state] : "Start a crowd";
  return (
    <div class="crowd">
      {crowd.state === "failed" && <p class="small crowd-fault">The crowd failed: {crowd.fault}</p>}
      <button
        type="button"
        class="button strong crowd-button"
        aria-disabled={busy}
        onClick={() => busy || ask(sendCrowd)}
      >
        {text}
      </button>
    </div>
  );
}
