import { choice, choose, link, reading } from "./desk.ts";
import type { SaleRow, Watched } from "./shapes.ts";

/** Which sale, how it stands, and the ways to elsewhere. */
export function TopBar() {
  const body = reading.value;
  const [word, kind] = standingOf(body?.watched ?? null);
  const sales = body?.sales ?? [];
  const isListed = choice.value === "current" || sales.some(({ id }) => id === choice.value);
  return (
    <header class="top">
      <h1 class="brand">
        <svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
          <path class="brand-mark" d="M3 2h3v16H3zM14 2h3v16h-3zM8.5 5.5h3v3h-3zM8.5 11.5h3v3h-3z" />
        </svg>
        Flashgate <span class="brand-part">console</span>
      </h1>
      <label class="picker">
        <span class="unseen">Sale</span>
        <select class="figures" value={choice.value} onChange={(event) => choose(event.currentTarget.value)}>
          <option value="current">Current sale</option>
          {!isListed && <option value={choice.value}>{shortOf(choice.value)}</option>}
          {sales.map((sale) => (
            <option key={sale.id} value={sale.id}>
              {optionText(sale)}
            </option>
          ))}
        </select>
      </label>
      <p class={`standing small ${kind}`}>
        <span class="standing-dot" />
        {word}
      </p>
      <nav class="ways small" aria-label="Elsewhere">
        <a href="../queues/">Queues</a>
        {body?.links.grafana && <a href={body.links.grafana}>Grafana</a>}
        <a href="../">Operations</a>
        <form method="post" action="../logout">
          <button type="submit" class="as-link">
            Sign out
          </button>
        </form>
      </nav>
    </header>
  );
}

function standingOf(watched: Watched | null): readonly [string, "good" | "wait" | "bad" | "idle"] {
  switch (link.value) {
    case "waiting":
      return ["Connecting", "idle"];
    case "away":
      return ["Out of reach, trying again", "bad"];
    case "signed_out":
      return ["Signed out", "bad"];
    case "no_sale":
      return ["No such sale", "bad"];
    case "live":
      break;
    default:
      return link.value satisfies never;
  }
  switch (watched?.phase) {
    case "open":
      return ["Live", "good"];
    case "paused":
      return ["Paused", "wait"];
    case "scheduled":
      return ["Scheduled", "idle"];
    case "ended":
      return ["Over", "idle"];
    default:
      return ["No sale", "idle"];
  }
}

function optionText({ id, state, paused, opens_at: opens }: SaleRow): string {
  return `${shortOf(id)}, ${opens.slice(11, 16)} UTC, ${paused && state !== "closed" ? "paused" : state}`;
}

/** An id of one's own is long, and differs at its end. */
const shortOf = (id: string) => (id.length > 12 ? `x-…${id.slice(-6)}` : id);
