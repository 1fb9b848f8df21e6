import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ask, checkout, Instance, verdictOf } from "./instance.ts";

const instance = new Instance();
beforeAll(() => instance.up([], { ATTEMPTS: "off" }), 90_000);
afterAll(() => instance.dispose());

/** Sells an item to one user and refuses it to the next. */
async function buyAndRefuse(sale: string, itemId: string): Promise<void> {
  const sold = await checkout(instance.url, sale, `buyer-of-${itemId}`, { [itemId]: 1 });
  expect((await verdictOf(instance.url, sold.body.ticket)).body.status).toBe("confirmed");
  const refused = await checkout(instance.url, sale, `late-for-${itemId}`, { [itemId]: 1 });
  expect(refused.body.code).toBe("item_taken");
}

/** What the ops port lists; what was refused is written a moment later. */
async function attemptsOf(sale: string): Promise<{ readonly recorded: string; readonly outcomes: string[] }> {
  const token = readFileSync(join(instance.dataDir, "ops-token"), "utf8").trim();
  const reply = await ask(`${instance.state.ops_urls["api"]?.[0]}/v1/admin/sales/${sale}/attempts`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const attempts: { readonly outcome: string }[] = reply.body.data;
  return { recorded: reply.body.recorded, outcomes: attempts.map(({ outcome }) => outcome).sort() };
}

async function verify(sale: string) {
  const table = await instance.flashgate("verify", "--sale", sale);
  const { code, stdout } = await instance.flashgate("verify", "--sale", sale, "--json");
  expect([table.code, code]).toEqual([0, 0]);
  return { table: table.stdout, report: JSON.parse(stdout).sales[0] };
}

const NOT_LOOKED_AT = / 6 {2}nothing is confirmed that nobody attempted +not looked at: the sale keeps no attempts\n/;
const UNCHECKED = [{ invariant: 6, reason: "attempts_not_recorded" }];

describe("ATTEMPTS=off, over real processes", () => {
  it("keeps no attempt of its hourly sale, and its audit says that it did not look", async () => {
    const { id } = (await ask(`${instance.url}/v1/sales/current`)).body;
    await buyAndRefuse(id, "i00001");
    const { table, report } = await verify(id);
    expect(table).toMatch(NOT_LOOKED_AT);
    expect(report).toMatchObject({ at_rest: true, unchecked: UNCHECKED, violations: [] });
    expect(await attemptsOf(id)).toEqual({ recorded: "off", outcomes: [] });
  });

  it("lets a sale say otherwise, whose accepted attempts are kept and looked at", async () => {
    const id = await instance.newSale("--items", "5", "--attempts", "all");
    await buyAndRefuse(id, "i00001");
    const { table, report } = await verify(id);
    expect(table).toMatch(/ 6 {2}.* ok\n/);
    expect(report).toMatchObject({ unchecked: [], violations: [] });
    expect(await attemptsOf(id)).toEqual({ recorded: "all", outcomes: ["held"] });
  });

  it("stays what it was for a sale that runs on under another value", async () => {
    const { id } = (await ask(`${instance.url}/v1/sales/current`)).body;
    expect(await instance.interrupt()).toBe(0);
    await instance.gone();
    await instance.up([], { ATTEMPTS: "all", ROTATION: "off" });
    await expect
      .poll(async () => (await checkout(instance.url, id, "early", { i00002: 1 })).status, { timeout: 30_000 })
      .toBe(202);
    await buyAndRefuse(id, "i00003");
    expect((await verify(id)).report).toMatchObject({ unchecked: UNCHECKED, violations: [] });
    expect(await attemptsOf(id)).toEqual({ recorded: "off", outcomes: [] });
    const next = await instance.newSale("--items", "5");
    await buyAndRefuse(next, "i00001");
    await expect
      .poll(() => attemptsOf(next), { timeout: 10_000 })
      .toEqual({ recorded: "all", outcomes: ["held", "item_taken"] });
    expect((await verify(next)).report).toMatchObject({ unchecked: [], violations: [] });
  }, 120_000);
});
