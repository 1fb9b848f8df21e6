import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { familyCpuMs } from "../deployment/cpu-time.ts";
import { withoutStores } from "../fleet/fleet.ts";
import type { FixedAnswer } from "../reference/answer.ts";

/** What an api is run with: the reference gets no worse a heap. */
const NODE_OPTIONS = ["--max-semi-space-size=32", "--heap-growing-percent=80"];

export type ReferenceName = "express" | "plain";

/** A reference program in a process of its own, in production mode. */
export class ReferenceApp {
  readonly url: string;
  readonly #child: ChildProcess;

  static async start(name: ReferenceName, answer: FixedAnswer): Promise<ReferenceApp> {
    const file = fileURLToPath(new URL(`../reference/${name}-app.js`, import.meta.url));
    const env = { ...withoutStores(process.env), NODE_ENV: "production", ANSWER: JSON.stringify(answer) };
    const child = fork(file, [], { env, execArgv: NODE_OPTIONS, stdio: ["ignore", "ignore", "inherit", "ipc"] });
    const ended = once(child, "exit").then(() => {
      throw new Error(`${name}-app ended`);
    });
    const [{ port }] = (await Promise.race([once(child, "message"), ended])) as [{ readonly port: number }];
    ended.catch(() => undefined);
    return new ReferenceApp(`http://127.0.0.1:${port}`, child);
  }

  private constructor(url: string, child: ChildProcess) {
    this.url = url;
    this.#child = child;
  }

  cpuMs(): number {
    return familyCpuMs(this.#child.pid ?? 0);
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, "exit");
    this.#child.disconnect();
    await ended;
  }
}
