import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, it, onTestFinished } from "vitest";

const PROGRAM = fileURLToPath(new URL("./programs/loop.mjs", import.meta.url));

function startLoop(conduct: "turn" | "stick") {
  const child = spawn(process.execPath, [PROGRAM, conduct], { stdio: ["pipe", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  const written = { text: "" };
  child.stdout.on("data", (chunk) => (written.text += chunk));
  const ended = once(child, "close") as Promise<[code: number | null, signal: NodeJS.Signals | null]>;
  return { child, written, ended };
}

it("ends a process whose event loop does not turn, with a line that says so", async () => {
  const { child, written, ended } = startLoop("stick");
  expect(await ended).toEqual([null, "SIGKILL"]);
  const [, line = ""] = written.text.split("\n");
  expect(JSON.parse(line)).toMatchObject({
    level: "fatal",
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    service: "worker",
    pid: child.pid,
    stuck_ms: 500,
    msg: expect.stringContaining("event loop is stuck"),
  });
});

it("leaves one that was frozen as a whole alone, and does not keep one that is done", async () => {
  const { child, written, ended } = startLoop("turn");
  await expect.poll(() => written.text).toBe("turning\n");
  child.kill("SIGSTOP");
  const frozenMs = Date.now();
  await expect.poll(() => Date.now(), { timeout: 5_000 }).toBeGreaterThan(frozenMs + 1_500);
  child.kill("SIGCONT");
  child.stdin.write("end\n");
  expect(await ended).toEqual([0, null]);
  expect(written.text).toBe("turning\n");
});
