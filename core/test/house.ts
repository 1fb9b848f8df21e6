import {
  type CatalogueEntry,
  type Hold,
  type Page,
  type RecoverParts,
  type ReserveCommand,
  recoverGate,
  reserveCheckout,
  type Sale,
  type SalePlan,
  type SettlementQueue,
  settlePage,
  sweepHolds,
  type TelemetryEvent,
} from "@flashgate/core";
import { MemoryGate, MemoryLedger } from "@flashgate/core/testing";
import { expect } from "vitest";

export const NOW = Date.UTC(2026, 10, 22, 10, 30);

/** The whole business over memory, with a clock and a queue that the tests move by hand. */
export function openHouse() {
  let serial = 0;
  const clock = { ms: NOW, nowMs: () => clock.ms };
  const ledger = new MemoryLedger(clock);
  const gate = new MemoryGate(clock);
  const pages: Page[] = [];
  const events: TelemetryEvent[] = [];
  const queue: SettlementQueue = {
    submit: (saleId, epoch, checkoutId) => void pages.push({ saleId, epoch, checkoutIds: [checkoutId] }),
    enqueue: async (page) => void pages.push(page),
  };
  const ids = { checkoutId: () => `c${String(++serial).padStart(4, "0")}`, saleId: () => `x-${++serial}` };
  const telemetry = { emit: (event: TelemetryEvent) => void events.push(event) };
  const parts = { ledger, opening: gate, holds: gate, admission: gate, queue, ids, clock, telemetry };

  const saleOf = async (saleId: string): Promise<Sale> => {
    const sale = await ledger.find(saleId);
    if (!sale) throw new Error(`no sale ${saleId}`);
    return sale;
  };
  const recover = async (saleId: string, with_: Partial<RecoverParts> = {}) =>
    recoverGate({ ...parts, ...with_ }, saleId, (await saleOf(saleId)).epoch);
  const openSale = async (over: Partial<SalePlan> & { stock?: Readonly<Record<string, number>> } = {}) => {
    const { stock = { a: 1, b: 1, c: 1 }, ...plan } = over;
    const id = plan.id ?? ids.saleId();
    const catalogue = Object.entries(stock).map(([itemId, units]): CatalogueEntry => {
      return { id: itemId, name: itemId, imageUrl: "/x.svg", priceMinor: 1, stock: units };
    });
    const window = { opensAtMs: clock.ms, closesAtMs: clock.ms + 600_000, settleUntilMs: clock.ms + 900_000 };
    expect(await ledger.schedule({ id, limitPerUser: 10, ...window, ...plan }, catalogue)).toBe("scheduled");
    expect(await recover(id)).toBe("opened");
    return id;
  };
  const reserve = (saleId: string, over: Partial<ReserveCommand> = {}) =>
    reserveCheckout(parts, {
      saleId,
      userId: "u",
      mode: "submitted",
      demand: { lines: [], any: 1 },
      key: "",
      fingerprint: "",
      ...over,
    });
  const held = async (saleId: string, over: Partial<ReserveCommand> = {}): Promise<Hold> => {
    const outcome = await reserve(saleId, over);
    if (outcome.kind !== "accepted" || !outcome.hold) throw new Error(`not held: ${outcome.kind}`);
    return outcome.hold;
  };
  const settle = async () => {
    for (const page of pages.splice(0)) await settlePage(parts, page);
  };
  const sweep = async (saleId: string) => sweepHolds(parts, await saleOf(saleId));
  const stateOf = async (saleId: string, checkoutId: string) =>
    (await ledger.records(saleId, [checkoutId]))[0]?.status.state;
  const totals = async (saleId: string) => (await gate.totals(saleId))?.totals;
  return {
    parts,
    clock,
    ledger,
    gate,
    pages,
    events,
    saleOf,
    recover,
    openSale,
    reserve,
    held,
    settle,
    sweep,
    stateOf,
    totals,
  };
}

export type House = ReturnType<typeof openHouse>;

/** An adapter with some of its methods replaced. */
export function replacing<Adapter extends object>(adapter: Adapter, methods: Partial<Adapter>): Adapter {
  return new Proxy(adapter, {
    get: (target, name) => {
      const value = Reflect.get(methods, name) ?? Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
