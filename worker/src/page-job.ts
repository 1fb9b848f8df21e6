import { type Page, type SettleParts, settlePage } from "@flashgate/core";

/**
 * What a page's outcome means for its job. A poisoned checkout ends the job all the same: it keeps its hold, and the sweep
 * pages it again with growing pauses, until it is a dead letter.
 */
export async function runPageJob(parts: SettleParts, page: Page): Promise<"done" | "retry"> {
  const outcome = await settlePage(parts, page);
  switch (outcome.kind) {
    case "settled":
    case "poisoned":
      return "done";
    case "retry":
      return "retry";
    default:
      return outcome satisfies never;
  }
}
