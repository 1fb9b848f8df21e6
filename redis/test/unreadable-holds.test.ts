import { startTestServices, type TestRedis } from "@flashgate/local/testing";
import type { Redis } from "ioredis";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { connect, ready } from "../src/connection.ts";
import { openGate, type RedisGate } from "../src/gate.ts";
import { encodeHold } from "../src/hold-codec.ts";
import { gateKeys } from "../src/keys.ts";
import { impatientClock, Shop, serverNowMs } from "./shop.ts";

/** What no script writes: texts that tell neither whose units these were nor which, and texts that tell no time. */
const NOBODYS = ["", "garbage", "submitted|1|2|"];
const TORN = [...NOBODYS, "submitted|x|2|u|f|c:1|", "cart|1||u|f|c:1|", "cart|1|soon|u|f|c:1|"];

describe("a hold that nobody can read", () => {
  let server: TestRedis;
  let control: Redis;
  let gate: RedisGate;
  const told: [string, string][] = [];
  beforeAll(async () => {
    server = await startTestServices({ redisOnly: true });
    control = connect(server.redisUrl, "test-control", "wait");
    await ready(control);
    const onUnreadable = (saleId: string, checkoutId: string) => told.push([saleId, checkoutId]);
    gate = await openGate({
      url: server.redisUrl,
      name: "test",
      clock: impatientClock(),
      backlogMax: 40,
      onUnreadable,
    });
  });
  beforeEach(() => void told.splice(0));
  afterAll(async () => {
    gate?.close();
    control?.disconnect();
    await server?.stop();
  });

  /** An open gate that holds a readable checkout, and one that was torn after it was taken. */
  async function tear(text: string) {
    const shop = new Shop(await serverNowMs(control));
    await shop.recover(gate, 1, 0);
    const [torn, whole] = [
      await shop.hold(gate, { userId: "torn", key: "k", fingerprint: "f" }),
      await shop.hold(gate, { mode: "cart" }),
    ];
    const { holds, due } = gateKeys(shop.saleId, 1);
    await control.hset(holds, torn.checkoutId, text);
    await control.zadd(due, 0, torn.checkoutId, 1, whole.checkoutId);
    const expectTold = () => {
      expect(told).toEqual([[shop.saleId, torn.checkoutId]]);
      told.length = 0;
    };
    return { shop, torn, whole, expectTold };
  }

  it.each(TORN)("keeps no page, sweep or audit from the others: %j", async (text) => {
    const { shop, torn, whole, expectTold } = await tear(text);
    const ids = [torn.checkoutId, whole.checkoutId];
    expect(await gate.holds.read(shop.saleId, 1, ids)).toEqual([whole]);
    expectTold();
    expect(await gate.holds.some(shop.saleId, 1, 10)).toEqual([whole]);
    expectTold();
    expect((await gate.reader.inspect(shop.saleId))?.holds).toEqual([whole]);
    expectTold();
    expect(await gate.holds.claimDue(shop.saleId, 1, 10)).toEqual([whole]);
    expectTold();
    expect(await gate.holds.lapse(shop.saleId, 1, ids)).toEqual([]);
    expect(await gate.holds.claimDue(shop.saleId, 1, 10)).toEqual([]);
  });

  it.each(NOBODYS)("keeps no verdict from the others: %j", async (text) => {
    const { shop, torn, whole } = await tear(text);
    const verdicts = [torn, whole].map(({ checkoutId }) => {
      return { checkoutId, verdict: { state: "expired" }, decidedAtMs: 1 } as const;
    });
    expect(await gate.holds.finalise(shop.saleId, 1, verdicts)).toBe("done");
    expect((await gate.reader.inspect(shop.saleId))?.totals).toEqual({ available: 301, held: 1, sold: 0 });
    expect(await gate.holds.read(shop.saleId, 1, [whole.checkoutId])).toEqual([]);
  });

  it.each(TORN)("is dropped by a recovery, which gives back its units: %j", async (text) => {
    const { shop, whole, expectTold } = await tear(text);
    expect(await shop.recover(gate, 2, 1)).toEqual([whole]);
    expectTold();
    const facts = await gate.reader.inspect(shop.saleId);
    expect(facts?.totals).toEqual({ available: 301, held: 1, sold: 0 });
    expect(facts?.holds).toEqual([whole]);
    expect(told).toEqual([]);
  });

  it("is replayed to its shopper as a checkout that the gate knows nothing of", async () => {
    const { shop, torn, expectTold } = await tear("garbage");
    const again = { userId: "torn", key: "k", fingerprint: "f" };
    expect(await shop.reserve(gate, again)).toEqual({
      kind: "replayed",
      epoch: 1,
      checkoutId: torn.checkoutId,
      hold: null,
    });
    expectTold();
  });

  it("is not what a hold's key makes of it: that may hold anything", async () => {
    const { shop, torn } = await tear("garbage");
    const hold = { ...torn, key: "|a|,b:c|" };
    await control.hset(gateKeys(shop.saleId, 1).holds, torn.checkoutId, encodeHold(hold));
    expect(await gate.holds.read(shop.saleId, 1, [torn.checkoutId])).toEqual([hold]);
    expect(told).toEqual([]);
  });
});
