// A process whose event loop is watched:  node loop.mjs turn | stick
//   turn    goes on turning until it is told to end, and then ends by itself
//   stick   turns for a moment and then never again
import { watchEventLoop } from "@flashgate/monitoring";

const [, , conduct] = process.argv;
watchEventLoop({ service: "worker", clock: { nowMs: () => Date.now() }, everyMs: 50, stuckMs: 500 });
if (conduct === "stick") {
  setTimeout(() => {
    for (;;);
  }, 300);
} else {
  process.stdin.once("data", () => process.stdin.destroy());
}
console.log("turning");
