import { describe, expect, it } from "vitest";
import type { Hold } from "../domain/checkout.ts";
import { lines, OVER, type SaleOfScene, type Scene } from "./ledger-contract-scene.ts";

/** Judging one hold at a time. */
export function settlementContract(scene: () => Scene): void {
  describe("settling one hold", () => {
    precedenceContract(scene);
    verdictContract(scene);
  });
  describe("settling one adopted hold", () => adoptedContract(scene));
}

/** A sale in which `a` is gone, "u" has bought all it may, and "u" has used the key "k". */
async function spentSale(scene: Scene): Promise<SaleOfScene> {
  const sale = await scene.open({ stock: { a: 1, c: 9 }, limit: 2 });
  await sale.confirm(sale.hold({ userId: "u", key: "k", lines: lines({ a: 1, c: 1 }) }));
  return sale;
}
/** Everything is wrong with this one. */
const hopeless = { userId: "u", key: "k", lines: lines({ a: 1 }) };

function precedenceContract(scene: () => Scene): void {
  it("applies the rules by precedence", async () => {
    const sale = await spentSale(scene());
    const stale = sale.epoch - 1;
    const verdict = (over: Partial<Hold>, epoch?: number) => sale.verdict(sale.hold(over), epoch);
    expect(await verdict(hopeless, stale)).toBe("gate_lost");
    expect(await verdict(hopeless, sale.epoch + 1)).toBe("gate_lost");
    expect(await verdict(hopeless)).toBe("key_reused");
    expect(await verdict({ ...hopeless, key: "l" })).toBe("user_limit");
    expect(await verdict({ ...hopeless, key: "k", userId: "v" })).toBe("sold_out");
    expect(await verdict({ ...hopeless, key: "k", userId: "v", lines: lines({ a: 1, c: 1 }) })).toBe("sold_out");
    expect(await verdict({ userId: "v", lines: lines({ nothing: 1 }) })).toBe("sold_out");
    expect(await verdict({ userId: "v", key: "k", lines: lines({ c: 2 }) })).toBe("confirmed");
  });

  it("judges nothing while the gate is closed for recovery, whatever else is wrong", async () => {
    const scheduled = await scene().schedule();
    const early = scheduled.hold();
    expect(await scheduled.verdict(early, 1)).toBe("retry");
    const sale = await spentSale(scene());
    await sale.begin();
    const hold = sale.hold(hopeless);
    for (const epoch of [sale.epoch - 1, sale.epoch]) expect(await sale.verdict(hold, epoch)).toBe("retry");
    expect(await sale.standing(hold)).toBe("absent");
    expect(await scheduled.standing(early)).toBe("absent");
  });

  it("expires everything in a closed sale, whatever else is wrong", async () => {
    const sale = await scene().open(OVER);
    await sale.confirm(sale.hold({ userId: "u", key: "k", lines: lines({ a: 1 }) }));
    await sale.ledger.close(sale.id);
    expect(await sale.verdict(sale.hold({ userId: "u", key: "k", lines: lines({ a: 1 }) }), 0)).toBe("expired");
    expect(await sale.verdict(sale.hold())).toBe("expired");
    expect(await sale.counters()).toEqual({ sold: 1, held: 0 });
  });

  it("returns the verdict that stands before it looks at anything else", async () => {
    const sale = await scene().open({ ...OVER, stock: { a: 1, c: 9 }, limit: 1 });
    const [sold, refused] = [sale.hold({ lines: lines({ a: 1 }) }), sale.hold({ lines: lines({ a: 1 }) })];
    const replies = [await sale.settleOne(sold), await sale.settleOne(refused)];
    expect(replies).toMatchObject([
      { kind: "judged", judged: { checkoutId: sold.checkoutId, verdict: { state: "confirmed" } } },
      { kind: "judged", judged: { verdict: { state: "rejected", reason: "sold_out" } } },
    ]);
    const again = async (epoch: number) => [await sale.settleOne(sold, epoch), await sale.settleOne(refused, epoch)];
    expect(await again(1)).toEqual(replies);
    expect(await again(0)).toEqual(replies);
    await sale.begin();
    expect(await again(2)).toEqual(replies);
    await sale.ledger.close(sale.id);
    expect(await again(2)).toEqual(replies);
    expect(await sale.counters()).toEqual({ sold: 1, held: 0 });
  });
}

function verdictContract(scene: () => Scene): void {
  it("tells when it decided, by its own time", async () => {
    const sale = await scene().open();
    const before = await scene().nowMs();
    const reply = await sale.settleOne(sale.hold());
    expect(reply.kind === "judged" && reply.judged.decidedAtMs).toBeGreaterThanOrEqual(before);
    expect(reply.kind === "judged" && reply.judged.decidedAtMs).toBeLessThanOrEqual(await scene().nowMs());
  });

  it("keeps a key to its user, and frees it with a checkout that came to nothing", async () => {
    const sale = await scene().open();
    const cancelled = sale.hold({ userId: "u", key: "k" });
    await sale.entomb([sale.tomb(cancelled)]);
    expect(await sale.verdict(sale.hold({ userId: "u", key: "k" }))).toBe("confirmed");
    expect(await sale.verdict(sale.hold({ userId: "v", key: "k" }))).toBe("confirmed");
    expect(await sale.verdict(sale.hold({ userId: "v", key: "k" }))).toBe("key_reused");
    expect(await sale.verdict(sale.hold({ userId: "v" }))).toBe("confirmed");
  });

  it("writes down what a rejected checkout was about", async () => {
    const sale = await spentSale(scene());
    const hold = sale.hold(hopeless);
    await sale.settleOne(hold);
    expect(await sale.record(hold)).toMatchObject({
      userId: "u",
      lines: hold.lines,
      epoch: 1,
      status: { state: "rejected", reason: "key_reused" },
      reservedAtMs: hold.sinceMs,
    });
  });

  it("never judges a checkout of a sale that is not there", async () => {
    const sale = await scene().open();
    await expect(sale.ledger.settleOne("x-none", 1, sale.hold())).rejects.toThrow("x-none");
  });
}

function adoptedContract(scene: () => Scene): void {
  it("gives the adopted units back and judges what the gate holds now", async () => {
    const sale = await scene().open({ stock: { a: 1, b: 2, c: 5 }, limit: 4 });
    const adopted = sale.hold({ userId: "u", mode: "cart", lines: lines({ a: 1, b: 1 }) });
    await sale.recover([adopted]);
    expect(await sale.counters()).toEqual({ sold: 0, held: 2 });
    const grown: Hold = { ...adopted, mode: "submitted", lines: lines({ a: 1, b: 2, c: 1 }) };
    expect(await sale.verdict(grown)).toBe("confirmed");
    expect(await sale.counters()).toEqual({ sold: 4, held: 0 });
    expect(await sale.record(grown)).toMatchObject({ lines: grown.lines, epoch: 2 });
    expect(await sale.ledger.items(sale.id)).toMatchObject([{ sold: 1 }, { sold: 2 }, { sold: 1 }]);
  });

  it("drops a stale page's hold, for the sweep to page again", async () => {
    const sale = await scene().open();
    const adopted = sale.hold();
    await sale.recover([adopted]);
    expect(await sale.verdict(adopted, 1)).toBe("dropped");
    expect(await sale.standing(adopted)).toBe("held");
    expect(await sale.verdict(adopted)).toBe("confirmed");
  });

  it("rejects one that does not fit, and gives its units back", async () => {
    const sale = await scene().open({ stock: { a: 1, c: 3 }, limit: 3 });
    const [first, second] = [sale.hold({ userId: "u" }), sale.hold({ lines: lines({ a: 1 }) })];
    await sale.recover([first, second]);
    expect(await sale.verdict({ ...first, lines: lines({ a: 1, c: 1 }) })).toBe("sold_out");
    expect(await sale.verdict(sale.hold({ userId: "w", lines: lines({ c: 3 }) }))).toBe("confirmed");
    expect(await sale.verdict({ ...second, lines: lines({ a: 4 }) })).toBe("user_limit");
    expect(await sale.counters()).toEqual({ sold: 3, held: 0 });
  });

  it("leaves room for what is adopted", async () => {
    const sale = await scene().open({ stock: { a: 1, c: 2 } });
    await sale.recover([sale.hold({ lines: lines({ a: 1 }) })]);
    expect(await sale.verdict(sale.hold({ lines: lines({ a: 1 }) }))).toBe("sold_out");
    expect(await sale.settleAll([sale.hold({ lines: lines({ a: 1 }) })])).toBe("contested");
  });
}
