import { sumOf, type Usage } from "../deployment/shop.ts";
import { PARTS } from "../deployment/stage.ts";
import type { Goal, Row } from "../figures/figure.ts";
import { runsRow } from "./ratio.ts";

/** What one thing cost in each run, in all and by who spent it. Milliseconds of processor time. */
export function costRows(what: string, costs: readonly Usage[], goal?: Goal): Row[] {
  return [
    runsRow(what, "ms", costs.map(sumOf), goal),
    ...PARTS.map((part) =>
      runsRow(
        `of it ${part}`,
        "ms",
        costs.map((cost) => cost[part]),
      ),
    ),
  ];
}
