import { grouped, spanText } from "../design/figures.ts";
import type { ConsoleBody, Watched } from "./shapes.ts";

/** Each fits on one line of its column: the facts below stay where they are. */
const GATE = {
  not_opened: "not yet",
  recovering: "rebuilding",
  open: "open",
  shut: "shut",
  closed: "closed",
  unknown: "no answer",
} as const;

const SERVICES = [
  ["api", "APIs"],
  ["worker", "Workers"],
  ["scheduler", "Schedulers"],
] as const;

/** The parts that run the sale, and how they stand. */
export function Machinery({ body }: { readonly body: ConsoleBody }) {
  const { watched, processes } = body;
  const queue = watched?.queue ?? null;
  return (
    <section class="card machinery" aria-labelledby="machinery-title">
      <h2 id="machinery-title" class="card-title">
        Machinery
      </h2>
      <dl class="facts figures">
        <Fact name="Gate" value={watched ? GATE[watched.gate.state] : "–"} kind={gateKind(watched)} />
        <Fact name="Epoch" value={watched ? String(watched.gate.epoch) : "–"} />
        <Fact name="Pages queued" value={queue ? grouped(queue.waiting + queue.active + queue.delayed) : "–"} />
        <Fact name="Oldest page" value={queue ? ageText(queue.oldest_job_age_ms) : "–"} />
        <Fact name="Failed pages" value={queue ? grouped(queue.failed) : "–"} kind={queue?.failed ? "wait" : ""} />
        {SERVICES.map(([service, name]) => (
          <Fact
            key={service}
            name={name}
            value={processes ? String(processes[service] ?? 0) : "–"}
            kind={processes && !processes[service] ? "bad" : ""}
          />
        ))}
      </dl>
    </section>
  );
}

function Fact({ name, value, kind = "" }: { readonly name: string; readonly value: string; readonly kind?: string }) {
  return (
    <div class={`fact ${kind}`}>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function gateKind(watched: Watched | null): string {
  switch (watched?.gate.state) {
    case "open":
      return "good";
    case "shut":
    case "unknown":
      return "bad";
    case "recovering":
      return "wait";
    default:
      return "";
  }
}

const ageText = (ageMs: number | null): string => (ageMs === null ? "none" : spanText(ageMs));
