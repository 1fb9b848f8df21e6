import { startTestServices, type TestRedis } from "@flashgate/local/testing";
import type { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { connect, field, ready } from "../src/connection.ts";
import { openGate, type RedisGate } from "../src/gate.ts";
import { leasedScripts } from "../src/scripts.ts";
import { impatientClock, Shop, serverNowMs } from "./shop.ts";

/** One server and its part in a pair, with the gate of a process that talks to it. */
interface Side {
  readonly server: TestRedis;
  readonly control: Redis;
  readonly gate: RedisGate;
}

/*
 * Primaries that are replaced while they live. The servers start as strangers, are paired by REPLICAOF, and nobody
 * restarts: whatever shuts a gate here is not the loss of a script cache by a restart.
 */
describe("two servers", () => {
  let a: Side;
  let b: Side;
  beforeAll(async () => {
    [a, b] = await Promise.all([openSide(), openSide()]);
  });
  afterEach(async () => {
    for (const { control } of [a, b]) {
      await control.replicaof("NO", "ONE");
      await control.flushall();
    }
  });
  afterAll(async () => {
    for (const side of [a, b]) {
      side?.gate.close();
      side?.control.disconnect();
      await side?.server.stop();
    }
  });

  it("an old primary goes on under its lease, and the new one admits nobody until a recovery", async () => {
    await follow(b, a);
    const shop = new Shop(await serverNowMs(a.control));
    await shop.recover(a.gate, 1, 0);
    const both = await shop.hold(a.gate, { mode: "cart" });
    await caughtUp(b, a);
    await b.control.replicaof("NO", "ONE");

    const split = await shop.hold(a.gate);
    expect(await shop.reserve(b.gate)).toEqual({ kind: "gate_shut" });
    expect(await b.gate.holds.lapse(shop.saleId, 1, [both.checkoutId])).toBe("gate_shut");
    expect(await a.gate.opening.isOpen(shop.saleId, 1)).toBe(true);
    expect(await b.gate.opening.isOpen(shop.saleId, 1)).toBe(false);

    expect(await shop.recover(b.gate, 2, 1)).toEqual([both]);
    expect((await shop.reserve(b.gate)).kind).toBe("held");
    expect(await b.gate.holds.lapse(shop.saleId, 2, [both.checkoutId])).toEqual([]);
    // Nothing at the old one says so: there it is the ledger's fence that judges what still comes.
    expect(await shop.reserve(a.gate)).toMatchObject({ kind: "held", epoch: 1 });
    expect(await a.gate.holds.read(shop.saleId, 1, [split.checkoutId])).toEqual([split]);
  });

  it("a primary that was replaced and came back has its scripts, and admits nobody until a recovery", async () => {
    await follow(b, a);
    const shop = new Shop(await serverNowMs(a.control));
    await shop.recover(a.gate, 1, 0);
    const both = await shop.hold(a.gate, { mode: "cart" });
    await caughtUp(b, a);
    await b.control.replicaof("NO", "ONE");
    const lost = await shop.hold(a.gate);
    await follow(a, b);
    expect(await shop.reserve(a.gate)).toEqual({ kind: "gate_shut" });
    await a.control.replicaof("NO", "ONE");

    expect(await a.gate.holds.read(shop.saleId, 1, [both.checkoutId, lost.checkoutId])).toEqual([both]);
    const shas = Object.values(leasedScripts(shop.saleId, 1)).map(({ sha }) => sha);
    const known = await a.control.script("EXISTS", ...shas);
    expect(known).toEqual(shas.map(() => 1));
    expect((await a.gate.reader.inspect(shop.saleId))?.open).toBe(true);

    expect(await a.gate.opening.isOpen(shop.saleId, 1)).toBe(false);
    expect(await shop.reserve(a.gate)).toEqual({ kind: "gate_shut" });
    expect(await shop.reserve(a.gate, { mode: "cart" })).toEqual({ kind: "gate_shut" });
    const step = { saleId: shop.saleId, checkoutId: both.checkoutId, userId: both.userId };
    expect(await a.gate.admission.purchase(step)).toEqual({ kind: "gate_shut" });
    expect(await a.gate.holds.lapse(shop.saleId, 1, [both.checkoutId])).toBe("gate_shut");

    expect(await shop.recover(a.gate, 2, 1)).toEqual([both]);
    expect(await a.gate.admission.purchase(step)).toMatchObject({ kind: "submitted", epoch: 2 });
    expect((await shop.reserve(a.gate)).kind).toBe("held");
  });

  it("a gate whose server gets its first replica counts as shut: a new history, though nothing was lost", async () => {
    await a.control.config("SET", "repl-backlog-ttl", 1);
    await expect.poll(() => progress(a, "repl_backlog_active"), { timeout: 20_000 }).toBe("0");
    await a.control.config("SET", "repl-backlog-ttl", 3_600);
    const shop = new Shop(await serverNowMs(a.control));
    await shop.recover(a.gate, 1, 0);
    const hold = await shop.hold(a.gate);
    expect(await a.gate.opening.isOpen(shop.saleId, 1)).toBe(true);
    await follow(b, a);
    expect(await a.gate.opening.isOpen(shop.saleId, 1)).toBe(false);
    expect(await shop.recover(a.gate, 2, 1)).toEqual([hold]);
    expect(await a.gate.opening.isOpen(shop.saleId, 2)).toBe(true);
  });

  it("an installation does not outlive the promotion of another server, nor of the same one again", async () => {
    await follow(b, a);
    const shop = new Shop(await serverNowMs(a.control));
    await shop.recover(a.gate, 1, 0);
    const { incarnation } = await shop.shut(a.gate, 2, 1);
    await caughtUp(b, a);
    await b.control.replicaof("NO", "ONE");
    expect(await b.gate.opening.install(shop.snapshot(2, []), incarnation)).toBe("superseded");
    await follow(a, b);
    await a.control.replicaof("NO", "ONE");
    expect(await a.gate.opening.install(shop.snapshot(2, []), incarnation)).toBe("superseded");
    expect(await shop.reserve(a.gate)).toEqual({ kind: "gate_shut" });
  });
});

async function openSide(): Promise<Side> {
  const server = await startTestServices({ redisOnly: true });
  const control = connect(server.redisUrl, "test-control", "wait");
  await ready(control);
  await control.config("SET", "repl-diskless-sync-delay", 0);
  const gate = await openGate({ url: server.redisUrl, name: "test", clock: impatientClock(), backlogMax: 40 });
  return { server, control, gate };
}

/** Makes one server the replica of the other; resolves once it has all that the other had. */
async function follow(replica: Side, primary: Side): Promise<void> {
  const { hostname, port, password } = new URL(primary.server.redisUrl);
  await replica.control.config("SET", "masterauth", password);
  await replica.control.replicaof(hostname, port);
  await expect.poll(() => progress(replica, "master_link_status"), { timeout: 20_000 }).toBe("up");
  await caughtUp(replica, primary);
}

async function caughtUp(replica: Side, primary: Side): Promise<void> {
  const offset = Number(await progress(primary, "master_repl_offset"));
  await expect
    .poll(async () => Number(await progress(replica, "slave_repl_offset")), { timeout: 20_000 })
    .toBeGreaterThanOrEqual(offset);
}

async function progress({ control }: Side, name: string): Promise<string | undefined> {
  return field(await control.info("replication"), name);
}
