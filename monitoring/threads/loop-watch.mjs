// Runs beside an event loop and ends the process when that loop does not turn any more: nobody else in the process can.
// Started by src/loop-watch.ts, which writes a beat and its time into `beats`.
// What counts are looks of this thread without a beat, not time: a process that was frozen as a whole is not stuck.
import { writeSync } from "node:fs";
import { workerData } from "node:worker_threads";

const { beats, everyMs, looksMax, line } = workerData;
let seen = -1n;
let looks = 0;

setInterval(() => {
  const beat = Atomics.load(beats, 0);
  looks = beat === seen ? looks + 1 : 0;
  seen = beat;
  if (looks < looksMax) return;
  const stuckMs = looks * everyMs;
  const time = new Date(Number(Atomics.load(beats, 1)) + stuckMs).toISOString();
  writeSync(1, `${JSON.stringify({ level: "fatal", time, ...line, stuck_ms: stuckMs })}\n`);
  process.kill(process.pid, "SIGKILL");
}, everyMs);
