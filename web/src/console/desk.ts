import { signal } from "@preact/signals";
import type { ConsoleBody } from "./shapes.ts";

/** How the page stands with the api. */
export type Link = "waiting" | "live" | "away" | "signed_out" | "no_sale";

/** What is shown. Everything on the page follows from these. */
export const reading = signal<ConsoleBody | null>(null);
export const link = signal<Link>("waiting");
/** The sale that is looked at: an id, or "current". */
export const choice = signal(chosenIn(location.hash));
/** What a screen reader is told when it changes. */
export const spoken = signal("");
/** The checkout whose timeline is shown. */
export const lookedUp = signal("");

export function choose(sale: string): void {
  choice.value = sale;
  history.replaceState(null, "", sale === "current" ? location.pathname : `#${sale}`);
}

function chosenIn(hash: string): string {
  return hash.slice(1) || "current";
}
