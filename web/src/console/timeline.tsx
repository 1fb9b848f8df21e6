import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { lookedUp, spoken } from "./desk.ts";
import { momentsOf } from "./moments.ts";
import { read } from "./ops-api.ts";
import type { TimelineBody, Watched } from "./shapes.ts";

const shown = signal<TimelineBody | null>(null);
const fault = signal("");

/** What became of one checkout. */
export function Timeline({ watched }: { readonly watched: Watched | null }) {
  const id = lookedUp.value;
  useEffect(() => {
    if (id !== "") void lookUp(id);
  }, [id]);
  const sale = watched?.sale.id;
  return (
    <section class="card timeline" aria-labelledby="timeline-title">
      <h2 id="timeline-title" class="card-title">
        One checkout
      </h2>
      <form
        class="look-up"
        onSubmit={(event) => {
          event.preventDefault();
          const typed = new FormData(event.currentTarget).get("checkout");
          lookedUp.value = String(typed ?? "").trim();
        }}
      >
        <label class="unseen" for="checkout">
          Checkout id
        </label>
        <input id="checkout" name="checkout" class="figures" placeholder="Checkout id" value={id} autocomplete="off" />
        <button type="submit" class="button">
          Look up
        </button>
        <button
          type="button"
          class="button"
          aria-disabled={sale === undefined}
          onClick={() => sale !== undefined && void lookUpLatest(sale)}
        >
          Latest
        </button>
      </form>
      {fault.value && <p class="small soft">{fault.value}</p>}
      {shown.value && <Moments body={shown.value} />}
    </section>
  );
}

function Moments({ body }: { readonly body: TimelineBody }) {
  return (
    <ol class="moments">
      {momentsOf(body).map(({ name, detail, at, after }) => (
        <li key={`${name} ${at}`} class="moment">
          <p class="moment-name">
            {name} <span class="soft figures">{after}</span>
          </p>
          <p class="small soft figures">
            {at && `${at.slice(11, 23)} UTC: `}
            {detail}
          </p>
        </li>
      ))}
    </ol>
  );
}

async function lookUp(id: string): Promise<void> {
  const answer = await read<TimelineBody>(`checkouts/${encodeURIComponent(id)}`);
  if (id !== lookedUp.value) return;
  shown.value = answer.kind === "done" ? answer.body : null;
  const found = { done: "", not_found: "Neither gate nor ledger know it.", signed_out: "Your session is over." };
  fault.value = answer.kind === "failed" ? `${answer.why}.` : found[answer.kind];
  spoken.value = fault.value || "Timeline shown";
}

async function lookUpLatest(sale: string): Promise<void> {
  type Attempts = { readonly data: TimelineBody["attempts"] };
  const answer = await read<Attempts>(`sales/${encodeURIComponent(sale)}/attempts?limit=100`);
  const accepted = answer.kind === "done" ? answer.body.data.flatMap(({ checkout_id: id }) => id ?? []) : [];
  const [latest] = accepted;
  if (latest !== undefined) lookedUp.value = latest;
  else fault.value = "No accepted attempt is recorded among the last hundred.";
}
