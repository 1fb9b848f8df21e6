import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { RangeResult } from "./range-result.ts";
import type { RangeOrder } from "./range-walk.ts";
import { wordsFor } from "./seed-range.ts";

/** Seen from `src` and from `dist` alike, for a process runs what is compiled. */
const PROGRAM = fileURLToPath(new URL("../../dist/simulation/range-walk.js", import.meta.url));

/** Hands the orders to so many processes, one at a time each, and every result to `finished` in turn. */
export async function runOrders(
  orders: readonly RangeOrder[],
  processes: number,
  finished: (result: RangeResult) => Promise<void>,
): Promise<void> {
  const waiting = [...orders];
  let writing = Promise.resolve();
  const member = async () => {
    const child = fork(PROGRAM, { stdio: ["ignore", "ignore", "inherit", "ipc"] });
    try {
      for (let order = waiting.shift(); order; order = waiting.shift()) {
        const result = await ask(child, order);
        writing = writing.then(() => finished(result));
        await writing;
      }
    } finally {
      child.disconnect();
    }
  };
  await Promise.all(Array.from({ length: Math.min(processes, orders.length) }, member));
}

function ask(child: ChildProcess, order: RangeOrder): Promise<RangeResult> {
  return new Promise((resolve, reject) => {
    const died = (code: number | null, signal: string | null) =>
      reject(new Error(`the process that ran seeds ${wordsFor(order)} ended with ${signal ?? code}`));
    child.once("exit", died);
    child.once("message", (result) => {
      child.off("exit", died);
      resolve(result as RangeResult);
    });
    child.send(order);
  });
}
