import { cancelCheckout } from "@flashgate/core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { CodeSeal } from "../src/contest/code-seal.ts";
import { openStores } from "./contest-shop.ts";
import { ask, SECRET } from "./shop.ts";

type Stores = Awaited<ReturnType<typeof openStores>>;
type Api = Awaited<ReturnType<Stores["openApi"]>>;

let stores: Stores;
let api: Api;
let other: Api;
beforeAll(async () => {
  stores = await openStores();
  [api, other] = [await stores.openApi(), await stores.openApi()];
});
afterAll(() => stores.stop());

const itemOf = (sale: string, place: number) => `${sale}-i${String(place).padStart(5, "0")}`;
const purchase = (code: string, at: Api = api) => ask(at.url, "POST", `/purchase?code=${code}`);
const totals = async (sale: string) => (await stores.gate.reader.totals(sale))?.totals;

describe("POST /purchase", () => {
  let sale: string;
  let code: string;
  beforeEach(async () => {
    sale = await stores.openSale({ items: 5 });
    code = await fill("u", 1, 2);
  });
  const fill = async (user: string, ...places: number[]): Promise<string> => {
    let last = "";
    for (const place of places)
      last = (await ask(api.url, "POST", `/checkout?user_id=${user}&id=${itemOf(sale, place)}`)).body.code;
    expect(last).toMatch(/^CHK-/);
    return last;
  };

  it("answers with what was bought, on a process that did not reserve it", async () => {
    const ids = [itemOf(sale, 1), itemOf(sale, 2)];
    const names = (await stores.ledger.items(sale)).map(({ name }) => name);
    const facts = {
      success: true,
      purchased_items: ids.map((id, index) => ({ id, name: names[index], sold: true })),
      total_purchased: 2,
      failed_count: 0,
    };
    const bought = await purchase(code, other);
    expect(bought.status).toBe(200);
    expect(bought.body).toEqual({ ...facts, data: { ...facts, successful_items: ids } });
    expect(await totals(sale)).toEqual({ available: 3, held: 0, sold: 2 });
    expect((await stores.ledger.find(sale))?.itemsSold).toBe(2);
  });

  it("waits for the settlement, however long the judge takes", async () => {
    stores.judge.wait();
    const waiting = purchase(code);
    await expect.poll(() => stores.judge.waiting).toBe(1);
    expect(await purchase(code, other)).toMatchObject({ status: 409 });
    stores.judge.goOn();
    expect(await waiting).toMatchObject({ status: 200, body: { success: true } });
  });

  it("is a 409 the second time, and nothing changes", async () => {
    await purchase(code);
    const before = await totals(sale);
    for (const at of [api, other]) {
      expect(await purchase(code, at)).toMatchObject({ status: 409, body: { errors: { code: expect.any(String) } } });
    }
    expect(await totals(sale)).toEqual(before);
    expect(await stores.audit(sale)).toMatchObject({ violations: [] });
  });

  it("is one 200 among many at once", async () => {
    const replies = await Promise.all(
      Array.from({ length: 10 }, (_, index) => purchase(code, index % 2 ? api : other)),
    );
    expect(replies.map(({ status }) => status).sort()).toEqual([200, ...Array(9).fill(409)]);
    expect(await totals(sale)).toEqual({ available: 3, held: 0, sold: 2 });
  });

  it("wants a code, from the query or a body", async () => {
    for (const path of ["/purchase", "/purchase?code="]) {
      expect(await ask(api.url, "POST", path)).toMatchObject({
        status: 400,
        body: { message: "code is required", errors: { code: "is required" } },
      });
    }
    expect((await ask(api.url, "POST", "/purchase", {}, { code })).status).toBe(200);
  });

  it("finds no code that it did not make", async () => {
    const sealed = new CodeSeal("another secret of at least 32 bytes");
    const ticket = new CodeSeal(SECRET).open(code);
    if (!ticket) throw new Error("the code is ours");
    const reserved = await ask(
      api.url,
      "POST",
      `/v1/sales/${sale}/checkouts`,
      { "x-user-id": "w" },
      { items: [{ item_id: "any", quantity: 1 }], mode: "cart" },
    );
    const forged = [
      `${code}x`,
      code.slice(0, -1),
      code.slice(4),
      "CHK-1",
      "nope",
      sealed.seal(ticket),
      `CHK-${reserved.body.ticket}`,
    ];
    for (const text of forged) {
      const reply = await purchase(text);
      expect(reply).toMatchObject({ status: 404, body: { errors: { code: expect.any(String) } } });
      expect(reply.body.message).toContain("not found");
    }
    expect((await ask(api.url, "GET", `/v1/tickets/${code.slice(4)}`)).status).toBe(404);
    expect(await totals(sale)).toEqual({ available: 2, held: 3, sold: 0 });
  });

  it("reads codes that the secret before signed", () => {
    const ticket = new CodeSeal(SECRET).open(code);
    expect(new CodeSeal("n".repeat(32), SECRET).open(code)).toEqual(ticket);
    expect(new CodeSeal("n".repeat(32)).open(code)).toBeNull();
  });

  it("tells what was cancelled, and the user may begin again", async () => {
    const ticket = new CodeSeal(SECRET).open(code);
    if (!ticket) throw new Error("the code is ours");
    const telemetry = { emit: () => undefined };
    await cancelCheckout({ ledger: stores.ledger, holds: stores.gate.holds, telemetry }, ticket);
    expect(await purchase(code)).toMatchObject({ status: 409, body: { message: "checkout was cancelled" } });
    const next = await fill("u", 1);
    expect(next).not.toBe(code);
    expect((await purchase(next)).status).toBe(200);
  });

  it("tells what expired", async () => {
    const nowMs = Date.now();
    sale = await stores.openSale({ opensAtMs: nowMs - 500, closesAtMs: nowMs + 1_500, settleUntilMs: nowMs + 1_500 });
    code = await fill("u", 1);
    await expect.poll(() => Date.now(), { timeout: 5_000 }).toBeGreaterThan(nowMs + 1_600);
    expect(await purchase(code)).toMatchObject({ status: 409, body: { message: "checkout has expired" } });
    await stores.ledger.close(sale);
    expect(await totals(sale)).toMatchObject({ sold: 0 });
  });

  it("comes back after a recovery, and a 503 says so until then", async () => {
    await stores.gate.opening.shut(sale, 2, 1);
    await stores.ledger.beginRecovery(sale, 1);
    expect(await purchase(code)).toMatchObject({ status: 503, headers: { "retry-after": "1" } });
    await stores.recover(sale);
    await expect.poll(async () => (await purchase(code)).status).toBe(200);
    expect((await purchase(code)).status).toBe(409);
    expect(await totals(sale)).toEqual({ available: 3, held: 0, sold: 2 });
  });

  it("says of a lost answer what may have happened", async () => {
    const real = api.admission.purchase.bind(api.admission);
    api.admission.purchase = async () => ({ kind: "outcome_unknown", epoch: 1 });
    const lost = await purchase(code);
    api.admission.purchase = real;
    expect(lost).toMatchObject({ status: 503, body: { message: expect.stringContaining("it happens once") } });
    expect((await purchase(code)).status).toBe(200);
  });

  it("is answered by an api that stops before the judge is done", async () => {
    const leaving = await stores.openApi();
    stores.judge.wait();
    const waiting = purchase(code, leaving);
    await expect.poll(() => stores.judge.waiting).toBe(1);
    leaving.verdicts.close();
    stores.judge.goOn();
    expect(await waiting).toMatchObject({ status: 200, body: { success: true } });
  });

  it("outlasts a ledger that is away for a while", async () => {
    const status = stores.ledger.status.bind(stores.ledger);
    let asked = 0;
    stores.ledger.status = async () => {
      asked += 1;
      throw new Error("the ledger is away");
    };
    stores.judge.wait();
    const waiting = purchase(code);
    await expect.poll(() => asked, { timeout: 10_000 }).toBeGreaterThan(1);
    stores.ledger.status = status;
    stores.judge.goOn();
    expect(await waiting).toMatchObject({ status: 200, body: { success: true } });
  });

  it("says that the purchase stands where its verdict is not waited for any longer", async () => {
    const leaving = await stores.openApi();
    leaving.verdicts.close();
    stores.judge.wait();
    const unsettled = await purchase(code, leaving);
    expect(unsettled).toMatchObject({ status: 503, headers: { "retry-after": "1" } });
    expect(unsettled.body.message).toContain("was taken");
    stores.judge.goOn();
    await stores.judge.idle();
    expect((await purchase(code)).status).toBe(409);
    expect(await totals(sale)).toEqual({ available: 3, held: 0, sold: 2 });
  });

  it("left nothing unexplained", () => {
    expect([api.errors, other.errors]).toEqual([[], []]);
  });
});
