import { ConfirmDialog } from "./confirm-dialog.tsx";
import { Controls } from "./controls.tsx";
import { DeadLetters } from "./dead-letters.tsx";
import { link, reading, spoken } from "./desk.ts";
import { Funnel } from "./funnel.tsx";
import { Machinery } from "./machinery.tsx";
import { Pace } from "./pace.tsx";
import { Timeline } from "./timeline.tsx";
import { TopBar } from "./top-bar.tsx";
import { Verdict } from "./verdict.tsx";

/** The whole page. */
export function Page() {
  const body = reading.value;
  const watched = body?.watched ?? null;
  const atMs = Date.parse(body?.at ?? "") || 0;
  return (
    <>
      <TopBar />
      <main class={`page ${link.value}`}>
        <Verdict watched={watched} atMs={atMs} crowd={body?.crowd ?? null} />
        <Pace watched={watched} atMs={atMs} />
        <div class="side">
          <Funnel watched={watched} />
          <Controls watched={watched} />
        </div>
        <Machinery body={body} />
        <Timeline watched={watched} />
        <DeadLetters body={body} atMs={atMs} />
      </main>
      <p class="small soft faults" title="What could not be seen">
        {faultText(body?.faults ?? [])}
      </p>
      <ConfirmDialog />
      <p class="unseen" role="status" aria-live="polite">
        {spoken.value}
      </p>
    </>
  );
}

function faultText(faults: readonly string[]): string {
  if (link.value === "signed_out") return "Your session is over: reload the page to sign in again.";
  return faults.length > 0 ? `Not seen: ${faults.join("; ")}` : "";
}
