import { spanText } from "../design/figures.ts";

/** Of a circle with that radius. */
const AROUND = 100;
const RADIUS = AROUND / (2 * Math.PI);

/** How much of a hold's time is left, as a ring that empties. */
export function ExpiryRing({ share, leftMs }: { readonly share: number; readonly leftMs: number }) {
  const text = spanText(Math.max(0, leftMs)).replace(/\.\d/, "");
  return (
    <span class="ring" role="img" aria-label={`Held for you for ${text}`} title={`Held for you for ${text}`}>
      <svg viewBox="0 0 36 36" aria-hidden="true">
        <circle class="ring-track" cx="18" cy="18" r={RADIUS} />
        <circle
          class="ring-left"
          cx="18"
          cy="18"
          r={RADIUS}
          stroke-dasharray={`${share * AROUND} ${AROUND}`}
          transform="rotate(-90 18 18)"
        />
      </svg>
      <span class="ring-text figures">{text.split(" ")[0]}</span>
    </span>
  );
}
