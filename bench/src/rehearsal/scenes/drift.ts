import type { Scene } from "../scene.ts";

const UNITS = 2;

/** What no script of the gate does: a counter is moved by hand. */
export const drift: Scene = {
  name: "drift",
  alerts: ["FlashgateDrift"],
  trouble: "the gate's count of available units is raised by hand",
  mending: "`flashgate reconcile --repair`: the gate is rebuilt from the ledger",
  async cause({ fleet, stores, saleId }) {
    const sale = await stores.ledger.find(saleId);
    const totals = `flashgate:{${saleId}}:${sale?.openEpoch}:totals`;
    if (!(await fleet.active.admin.exists(totals))) throw new Error(`Redis has no ${totals}`);
    await fleet.active.admin.hincrby(totals, "available", UNITS);
  },
  async mend(stage) {
    const { code, output } = await stage.flashgate("reconcile", "--sale", stage.saleId, "--repair");
    if (code !== 0) throw new Error(`reconcile could not repair it: ${output}`);
  },
};
