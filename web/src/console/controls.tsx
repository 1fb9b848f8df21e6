import { pause, reconcile, repair, resume } from "./actions.ts";
import { ask, result } from "./confirm-dialog.tsx";
import type { Watched } from "./shapes.ts";

/** What an operator may do to the sale. Each asks first. */
export function Controls({ watched }: { readonly watched: Watched | null }) {
  const sale = watched?.sale;
  const open = sale !== undefined && sale.state !== "closed";
  const stop = sale?.paused ? resume : pause;
  return (
    <section class="card controls" aria-labelledby="controls-title">
      <h2 id="controls-title" class="card-title">
        Actions
      </h2>
      <div class="control-row">
        <button type="button" class="button" aria-disabled={!open} onClick={() => open && ask(stop(sale.id))}>
          {sale?.paused ? "Resume" : "Pause"}
        </button>
        <button type="button" class="button" aria-disabled={!sale} onClick={() => sale && ask(reconcile(sale.id))}>
          Reconcile
        </button>
        <button type="button" class="button" aria-disabled={!open} onClick={() => open && ask(repair(sale.id))}>
          Reconcile and repair
        </button>
      </div>
      <p class="small soft result">{result.value || "Each asks before it does anything."}</p>
    </section>
  );
}
