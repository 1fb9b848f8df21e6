import { ConfirmDialog } from "./confirm-dialog.tsx";
import { Controls } from "./controls.tsx";
import { DeadLetters } from "./dead-letters.tsx";
import { link, reading, spoken } from "./desk.ts";
import { Funnel } from "./funnel.tsx";
import { Machinery } from "./machinery.tsx";
import { Pace } from "./pace.tsx";
import type { ConsoleBody } from "./shapes.ts";
import { Timeline } from "./timeline.tsx";
import { TopBar } from "./top-bar.tsx";
import { Verdict } from "./verdict.tsx";

/** The whole page: below the bar nothing before there is something to tell, so that what is there stays where it is. */
export function Page() {
  const body = reading.value;
  return (
    <>
      <TopBar />
      {body ? <Cards body={body} /> : <main class="page" />}
      <p class="small soft faults">{faultText(body?.faults ?? [])}</p>
      <ConfirmDialog />
      <p class="unseen" role="status" aria-live="polite">
        {spoken.value}
      </p>
    </>
  );
}

function Cards({ body }: { readonly body: ConsoleBody }) {
  const { watched, crowd } = body;
  const atMs = Date.parse(body.at);
  return (
    <main class={`page ${link.value}`}>
      <Verdict watched={watched} atMs={atMs} crowd={crowd} />
      <Pace watched={watched} atMs={atMs} />
      <div class="side">
        <Funnel watched={watched} />
        <Controls watched={watched} />
      </div>
      <Machinery body={body} />
      <Timeline watched={watched} />
      <DeadLetters letters={body.dead_letters} atMs={atMs} />
    </main>
  );
}

function faultText(faults: readonly string[]): string {
  if (link.value === "no_sale") return "There is no such sale: choose another.";
  if (link.value === "signed_out") return "Your session is over: reload the page to sign in again.";
  return faults.length > 0 ? `Not seen: ${faults.join("; ")}` : "";
}
