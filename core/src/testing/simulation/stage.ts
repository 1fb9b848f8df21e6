import type { CatalogueEntry } from "../../domain/item.ts";
import type { SalePlan } from "../../domain/sale.ts";
import { BEGIN_MS, type World } from "./world.ts";

const PROCESSES = { api: 2, worker: 2, scheduler: 2 } as const;

/** Starts the processes and prepares the sales of a run. */
export async function setStage(world: World): Promise<void> {
  for (const role of ["api", "worker", "scheduler"] as const) {
    for (let index = 1; index <= PROCESSES[role]; index += 1) world.addProcess(role, index);
  }
  for (let index = 1; index <= world.temper.sales; index += 1) await addSale(world, `x-${index}`);
}

async function addSale(world: World, id: string): Promise<void> {
  const { random, temper } = world;
  const opensAtMs = BEGIN_MS + random.int(-60_000, 40_000) * temper.pace;
  const closesAtMs = opensAtMs + random.int(150_000, 600_000) * temper.pace;
  // Often hardly any time is left between the last reservation and the end of all settling.
  const graceMs = random.chance(0.4) ? random.int(0, 3_000) : random.int(5_000, 120_000);
  const settleUntilMs = closesAtMs + graceMs * temper.pace;
  const catalogue = Array.from({ length: random.int(2, 6) }, (_, index): CatalogueEntry => {
    const stock = random.chance(0.6) ? 1 : random.int(2, 4);
    return { id: `i${index + 1}`, name: `Item ${index + 1}`, imageUrl: "/x.svg", priceMinor: 1, stock };
  });
  // Of several sales one keeps no attempts, which changes nothing but what its audit can look at.
  const attempts = world.saleIds.length === 1 ? "off" : "all";
  const window = { opensAtMs, closesAtMs, settleUntilMs };
  const plan: SalePlan = { id, ...window, limitPerUser: random.int(1, 4), attempts };
  await world.ledger.schedule(plan, catalogue);
  world.saleIds.push(id);
}
