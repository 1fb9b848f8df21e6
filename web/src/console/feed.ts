import { choice, choose, link, reading } from "./desk.ts";
import { type Answer, read } from "./ops-api.ts";
import type { ConsoleBody } from "./shapes.ts";

/** From the end of one look to the next; a page that nobody sees rests. */
const EVERY_MS = 250;
const AWAY_MS = 2_000;

let wake: () => void = () => undefined;
let followed: string | null = null;

/** Keeps the page up to date, for as long as it is open. */
export async function feed(): Promise<never> {
  document.addEventListener("visibilitychange", () => wake());
  choice.subscribe(() => wake());
  for (;;) {
    const sale = choice.value;
    if (!document.hidden) take(sale, await read<ConsoleBody>(`console?sale=${encodeURIComponent(sale)}`));
    await rest(link.value === "live" ? EVERY_MS : AWAY_MS);
  }
}

/** Looks again at once: something was just changed. */
export function lookNow(): void {
  wake();
}

function take(sale: string, answer: Answer<ConsoleBody>): void {
  if (sale !== choice.value) return;
  switch (answer.kind) {
    case "done":
      reading.value = answer.body;
      link.value = "live";
      follow(answer.body);
      return;
    case "not_found":
      link.value = "no_sale";
      return;
    case "signed_out":
      link.value = "signed_out";
      return;
    case "failed":
      link.value = "away";
      return;
    default:
      answer satisfies never;
  }
}

/** Whoever sends a crowd wants to see its sale; whoever then looks elsewhere is left there. */
function follow({ crowd }: ConsoleBody): void {
  if (crowd?.state !== "buying" || crowd.sale_id === null || crowd.sale_id === followed) return;
  followed = crowd.sale_id;
  choose(crowd.sale_id);
}

function rest(ms: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    wake = () => {
      clearTimeout(timer);
      resolve();
    };
  });
}
