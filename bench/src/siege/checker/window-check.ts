import type { Findings } from "./findings.ts";
import type { CheckoutRow, SaleRow } from "./ledger-rows.ts";
import type { Losses } from "./losses.ts";
import type { Story } from "./story.ts";
import type { Testimony } from "./testimony.ts";

/** 10: sold within the window, and not after the close. The moments are the gate's and the ledger's own. */
export function checkWindow(findings: Findings, sale: SaleRow, row: CheckoutRow): void {
  if (row.state !== "confirmed") return;
  const { checkoutId, reservedAtMs, decidedAtMs } = row;
  const inWindow = reservedAtMs !== null && sale.opensAtMs <= reservedAtMs && reservedAtMs < sale.closesAtMs;
  findings.expect(10, inWindow, () => `checkout ${checkoutId} of ${sale.id} was reserved outside its window`);
  const inTime = decidedAtMs !== null && (sale.closedAtMs === null || decidedAtMs <= sale.closedAtMs);
  findings.expect(10, inTime, () => `checkout ${checkoutId} was confirmed after ${sale.id} was closed`);
}

/** 10: nobody was given a ticket before the opening; nor after the close, but for an older checkout of the same key. */
export function checkAdmission(findings: Findings, sale: SaleRow, { checkoutId, key, acks }: Story): void {
  const [first] = acks;
  if (!first) return;
  const { invokedAtMs, toldAtMs } = first.moment;
  findings.expect(10, toldAtMs >= sale.opensAtMs, () => `${checkoutId} was acknowledged before ${sale.id} opened`);
  if (key !== "") return;
  findings.expect(10, invokedAtMs < sale.closesAtMs, () => `${checkoutId} was asked for after ${sale.id} had closed`);
}

/** 10: one hourly sale an hour, and epochs only grow. */
export function checkEpochs(
  findings: Findings,
  sales: readonly SaleRow[],
  { epochs }: Pick<Testimony, "epochs">,
  losses: Losses,
): void {
  const hours = new Set<number>();
  for (const { id, opensAtMs, epoch, openEpoch } of sales) {
    const told = epochs.newest(id);
    findings.expect(10, openEpoch <= epoch, () => `${id} is open in epoch ${openEpoch}, ahead of ${epoch}`);
    findings.expect(10, told <= epoch, () => `${id} answered in epoch ${told}, the ledger only knows ${epoch}`);
    if (!/^\d{10}$/.test(id)) continue;
    findings.expect(10, !hours.has(opensAtMs), () => `${id} is the second hourly sale of its hour`);
    hours.add(opensAtMs);
  }
  for (const { saleId, epoch, newerEpoch, moment } of epochs.stepsBack) {
    findings.expect(
      10,
      losses.splitBrain(saleId, moment),
      () => `${saleId} answered in epoch ${epoch} at ${moment.toldAtMs}, after epoch ${newerEpoch} had answered`,
    );
  }
}
