import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ask, checkout, Instance, verdictOf } from "./instance.ts";

const instance = new Instance();
beforeAll(() => instance.up(["--api", "2", "--worker", "2"], { ROTATION: "off" }), 90_000);
afterAll(() => instance.dispose());

/** The apis in turn: what holds must hold across them. */
const urlAt = (index: number) => instance.state.api_urls[index % 2] ?? "";
const many = <Value>(count: number, make: (index: number) => Promise<Value>) =>
  Promise.all(Array.from({ length: count }, (_, index) => make(index)));

async function expectClean(sale: string): Promise<void> {
  const { code, stdout } = await instance.flashgate("verify", "--sale", sale);
  expect(stdout).toContain("at rest");
  expect(code).toBe(0);
}

describe("limits, over real processes", () => {
  it("give one user ten units out of a hundred parallel checkouts", async () => {
    const sale = await instance.newSale("--items", "500");
    const replies = await many(100, (index) => checkout(urlAt(index), sale, "greedy"));
    const taken = replies.filter((reply) => reply.status === 202);
    expect(taken).toHaveLength(10);
    expect(new Set(replies.filter((reply) => reply.status !== 202).map((reply) => reply.body.code))).toEqual(
      new Set(["user_limit"]),
    );
    for (const { body } of taken) expect((await verdictOf(urlAt(0), body.ticket)).body.status).toBe("confirmed");
    await expectClean(sale);
  });

  it("give one item to one of two users", async () => {
    const sale = await instance.newSale("--items", "2");
    const replies = await many(2, (index) => checkout(urlAt(index), sale, `rival-${index}`, { i00001: 1 }));
    expect(replies.map((reply) => reply.status).sort()).toEqual([202, 409]);
    expect(replies.find((reply) => reply.status === 409)?.body).toMatchObject({
      code: "item_taken",
      item_id: "i00001",
    });
  });

  it("settle a checkout of ten lines wholly or not at all", async () => {
    const sale = await instance.newSale("--items", "12");
    const lines = (from: number) =>
      Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`i000${String(from + index).padStart(2, "0")}`, 1]));
    const replies = await many(2, (index) => checkout(urlAt(index), sale, `buyer-${index}`, lines(1 + 2 * index)));
    expect(replies.map((reply) => reply.status).sort()).toEqual([202, 409]);
    const winner = replies.find((reply) => reply.status === 202);
    const verdict = await verdictOf(urlAt(0), winner?.body.ticket);
    expect(verdict.body).toMatchObject({ status: "confirmed", quantity: 10 });
    expect(verdict.body.items).toHaveLength(10);
    await expect
      .poll(async () => (await ask(`${urlAt(1)}/v1/sales/${sale}`)).body.stock, { timeout: 10_000 })
      .toEqual({ total: 12, available: 2, held: 0, sold: 10 });
    await expectClean(sale);
  });

  it("make one checkout of one key sent fifty times at once; the key with another body is refused", async () => {
    const sale = await instance.newSale("--items", "100");
    const key = { "idempotency-key": "one-order" };
    const replies = await many(50, (index) => checkout(urlAt(index), sale, "ada", { any: 1 }, key));
    expect(new Set(replies.map((reply) => reply.status))).toEqual(new Set([202]));
    expect(new Set(replies.map((reply) => reply.body.id)).size).toBe(1);
    expect(await checkout(urlAt(0), sale, "ada", { any: 2 }, key)).toMatchObject({
      status: 422,
      body: { code: "key_reused" },
    });
    await verdictOf(urlAt(1), replies[0]?.body.ticket);
    expect((await checkout(urlAt(1), sale, "ada", { any: 1 }, key)).body).toMatchObject({
      id: replies[0]?.body.id,
      status: "confirmed",
    });
    await expectClean(sale);
  });

  it("hold for a catalogue of one's own, unit by unit", async () => {
    const file = join(instance.dataDir, "catalogue.json");
    const entry = (id: string, stock: number) => ({ id, name: id, image: "/x.svg", price: 100, stock });
    writeFileSync(file, JSON.stringify([entry("mug", 25), entry("cup", 1)]));
    const sale = await instance.newSale("--catalogue", file);
    const replies = await many(40, (index) => checkout(urlAt(index), sale, `fan-${index}`, { mug: 1 }));
    expect(replies.filter((reply) => reply.status === 202)).toHaveLength(25);
    await Promise.all(
      replies.filter((reply) => reply.status === 202).map(({ body }) => verdictOf(urlAt(0), body.ticket)),
    );
    expect((await checkout(urlAt(0), sale, "late", { any: 2 })).body.code).toBe("sold_out");
    await expectClean(sale);
    writeFileSync(file, JSON.stringify([entry("any", 0)]));
    const bad = await instance.flashgate("sale", "new", "--catalogue", file);
    expect(bad.code).not.toBe(0);
    expect(bad.stderr).toMatch(/id/);
    expect(bad.stderr).toMatch(/stock/);
  });
});

it("a checkout of the last moment settles into its own sale after the window has closed", async () => {
  const workers = instance.state.pids["worker"] ?? [];
  for (const pid of workers) process.kill(pid, "SIGSTOP");
  const sale = await instance.newSale("--items", "5", "--seconds", "8");
  const accepted: { ticket: string }[] = [];
  await expect
    .poll(
      async () => {
        const reply = await checkout(urlAt(0), sale, "last");
        if (reply.status === 202) accepted.push(reply.body);
        return reply.body.code;
      },
      { timeout: 15_000, interval: 700 },
    )
    .toBe("sale_closed");
  expect(accepted.length).toBeGreaterThan(0);
  for (const pid of workers) process.kill(pid, "SIGCONT");
  for (const { ticket } of accepted) {
    const { body } = await verdictOf(urlAt(1), ticket);
    expect(body).toMatchObject({ sale_id: sale, status: "confirmed" });
  }
  await expectClean(sale);
});
