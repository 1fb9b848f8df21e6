import type { Refusal } from "@flashgate/core";
import { describe, expect, it } from "vitest";
import { ReserveBatches } from "../src/reserve-batches.ts";

type Reply = { readonly kind: "judged"; readonly answers: readonly string[] } | Refusal;

/** A script call under way, to be answered by the test. */
interface Call {
  readonly saleId: string;
  readonly asked: readonly string[];
  readonly answer: (reply: Reply) => void;
  readonly fail: (error: Error) => void;
}

function open() {
  const calls: Call[] = [];
  const batches = new ReserveBatches<string>((saleId, batch) => {
    return new Promise((answer, fail) => {
      calls.push({ saleId, asked: batch.map(([name = ""]) => name), answer, fail });
    });
  });
  const ask = (name: string, units = 1, saleId = "s") => batches.ask(saleId, [name], units);
  return { calls, ask };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));
const names = (count: number) => Array.from({ length: count }, (_, index) => `r${index}`);
const judged = ({ asked }: Call): Reply => ({ kind: "judged", answers: asked.map((name) => `answer to ${name}`) });

describe("reservations on their way to the gate", () => {
  it("go together when they come in one turn of the event loop, each to its own answer", async () => {
    const { calls, ask } = open();
    const answers = names(3).map((name) => ask(name));
    expect(calls).toEqual([]);
    await turn();
    expect(calls.map(({ asked }) => asked)).toEqual([["r0", "r1", "r2"]]);
    for (const call of calls) call.answer(judged(call));
    expect(await Promise.all(answers)).toEqual(["answer to r0", "answer to r1", "answer to r2"]);
  });

  it("wait for those under way, and then leave together and at once", async () => {
    const { calls, ask } = open();
    const first = ask("first");
    await turn();
    const later = [ask("second")];
    await turn();
    later.push(ask("third"));
    await turn();
    expect(calls.map(({ asked }) => asked)).toEqual([["first"]]);
    calls[0]?.answer({ kind: "judged", answers: ["held"] });
    expect(await first).toBe("held");
    await turn();
    expect(calls.map(({ asked }) => asked)).toEqual([["first"], ["second", "third"]]);
    calls[1]?.answer({ kind: "judged", answers: ["a", "b"] });
    expect(await Promise.all(later)).toEqual(["a", "b"]);
    const alone = ask("alone");
    await turn();
    calls[2]?.answer({ kind: "judged", answers: ["c"] });
    expect(await alone).toBe("c");
  });

  it("are each told what became of their batch: refused, or nobody knows", async () => {
    const { calls, ask } = open();
    for (const reply of [{ kind: "gate_shut" }, { kind: "outcome_unknown", epoch: 3 }] as const) {
      const answers = names(3).map((name) => ask(name));
      await turn();
      calls.pop()?.answer(reply);
      expect(await Promise.all(answers)).toEqual([reply, reply, reply]);
    }
    const answers = names(2).map((name) => ask(name));
    await turn();
    calls.pop()?.fail(new Error("broken"));
    const reasons = (await Promise.allSettled(answers)).map(
      (each) => each.status === "rejected" && String(each.reason),
    );
    expect(reasons).toEqual(["Error: broken", "Error: broken"]);
    const next = ask("next");
    await turn();
    for (const call of calls) call.answer(judged(call));
    expect(await next).toBe("answer to next");
  });

  it("keep the server no longer than 64 of them and 512 units take, and leave nobody behind", async () => {
    const { calls, ask } = open();
    const many = names(150).map((name) => ask(name));
    await turn();
    expect(calls.map(({ asked }) => asked.length)).toEqual([64, 64, 22]);
    for (const call of calls.splice(0).reverse()) call.answer(judged(call));
    expect(await Promise.all(many)).toEqual(names(150).map((name) => `answer to ${name}`));

    const big = [ask("a", 500), ask("b", 12), ask("c", 1), ask("huge", 9_000), ask("d", 1)];
    await turn();
    expect(calls.map(({ asked }) => asked)).toEqual([["a", "b"], ["c"], ["huge"], ["d"]]);
    for (const call of calls) call.answer(judged(call));
    expect(await Promise.all(big)).toEqual(["a", "b", "c", "huge", "d"].map((name) => `answer to ${name}`));
  });

  it("of another sale neither wait nor share a call", async () => {
    const { calls, ask } = open();
    const answers = [ask("first", 1, "s"), ask("second", 1, "t")];
    await turn();
    answers.push(ask("third", 1, "s"), ask("fourth", 1, "u"));
    await turn();
    expect(calls.map(({ saleId, asked }) => [saleId, ...asked])).toEqual([
      ["s", "first"],
      ["t", "second"],
      ["u", "fourth"],
    ]);
    for (const call of calls.splice(0)) call.answer(judged(call));
    await turn();
    expect(calls.map(({ saleId, asked }) => [saleId, ...asked])).toEqual([["s", "third"]]);
    for (const call of calls) call.answer(judged(call));
    expect(await Promise.all(answers)).toEqual(
      ["first", "second", "third", "fourth"].map((name) => `answer to ${name}`),
    );
  });
});
