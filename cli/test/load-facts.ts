import type { AuditReport } from "@flashgate/core";
import type { LoadFacts } from "../src/load-verdict.ts";
import { Tally } from "../src/tally.ts";

export const AUDIT: AuditReport = {
  saleId: "x-1",
  totalUnits: 3,
  confirmedUnits: 3,
  atRest: true,
  unchecked: [],
  violations: [],
};

/** Three shoppers who got the three units there were, and a fourth who was told so. */
export function soldOutFacts(): LoadFacts & { readonly tally: Tally } {
  const tally = new Tally();
  const ids = ["a", "b", "c"];
  ids.forEach((checkoutId, index) => {
    tally.acknowledge({ checkoutId, ticket: `ticket-${checkoutId}`, units: 1 }, 10 * (index + 1));
  });
  tally.refuse("sold_out");
  return {
    saleId: "x-1",
    unitsEach: 1,
    tally,
    crowdMs: 500,
    firstSentAtMs: 1_000_000,
    drained: true,
    ticketStates: new Map(ids.map((id) => [id, "confirmed"])),
    verdicts: new Map(ids.map((id) => [id, "confirmed"])),
    soldBefore: 0,
    lastConfirmedAtMs: 1_000_750,
    audit: AUDIT,
  };
}
