import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { deathSignal, type LocalState, readLocalState } from "@flashgate/local";
import { withoutStores } from "../fleet/fleet.ts";
import { until } from "../fleet/until.ts";

const PROGRAM = fileURLToPath(new URL("../../../cli/bin/flashgate.js", import.meta.url));
const UP_MS_MAX = 90_000;
const DOWN_MS_MAX = 60_000;
/** How long a sale lasts: longer than any figure. */
const SALE_S = 7_200;

/** The part of `up.json` that is of use here. */
interface UpState {
  readonly api_urls: readonly string[];
  readonly pids: Readonly<Record<string, readonly number[]>>;
}

/** `flashgate up` as anybody would run it, in a folder of its own: one process of each, private stores, every default. */
export class Stage {
  readonly url: string;
  readonly local: LocalState;
  readonly #folder: string;
  readonly #child: ChildProcess;
  readonly #pids: UpState["pids"];

  /** `over`: settings of this run. Throws where it does not come up, with what it said; nothing is left of it then. */
  static async set(over: NodeJS.ProcessEnv): Promise<Stage> {
    const folder = mkdtempSync(join(tmpdir(), "flashgate-bench-"));
    const env = { ...withoutStores(process.env), ...over };
    const [file = "", ...args] = [...(await deathSignal("SIGTERM", env)), process.execPath, PROGRAM];
    const child = spawn(file, [...args, "up", "--port", "0", "--data", folder], {
      env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
    try {
      const up = () => child.exitCode !== null || output.includes("Flashgate is up");
      await until(up, UP_MS_MAX);
      const local = await readLocalState(folder);
      if (!output.includes("Flashgate is up") || !local) throw new Error(`flashgate up did not come up: ${output}`);
      const state = JSON.parse(readFileSync(join(folder, "up.json"), "utf8")) as UpState;
      return new Stage(folder, child, local, state);
    } catch (error) {
      await strike(child, folder);
      throw error;
    }
  }

  private constructor(folder: string, child: ChildProcess, local: LocalState, state: UpState) {
    this.#folder = folder;
    this.#child = child;
    this.#pids = state.pids;
    this.local = local;
    this.url = state.api_urls[0] ?? "";
  }

  get versions(): { readonly redis: string; readonly postgres: string } {
    const { redis, postgres } = this.local;
    const version = (server: LocalState["redis"]) => (server.kind === "private" ? server.version : "not ours");
    return { redis: version(redis), postgres: version(postgres) };
  }

  pidOf(service: "api" | "worker" | "scheduler"): number {
    const pid = this.#pids[service]?.[0];
    if (pid === undefined) throw new Error(`there is no ${service}`);
    return pid;
  }

  /** A sale that runs now and outlasts every figure. Returns its id. */
  async newSale(items: number): Promise<string> {
    const { stdout } = await this.#flashgate("sale", "new", "--items", `${items}`, "--seconds", `${SALE_S}`, "--json");
    return (JSON.parse(stdout) as { readonly id: string }).id;
  }

  /** What the audit of a sale complains of; null where it is clean. */
  async audit(saleId: string): Promise<string | null> {
    return this.#flashgate("verify", "--sale", saleId).then(
      () => null,
      (failed: { readonly stdout?: string; readonly message: string }) => failed.stdout || failed.message,
    );
  }

  async strike(): Promise<void> {
    await strike(this.#child, this.#folder);
  }

  #flashgate(...args: string[]) {
    const env = withoutStores(process.env);
    return promisify(execFile)(process.execPath, [PROGRAM, ...args, "--data", this.#folder], { env });
  }
}

async function strike(child: ChildProcess, folder: string): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const deadline = setTimeout(() => child.kill("SIGKILL"), DOWN_MS_MAX);
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    await ended;
    clearTimeout(deadline);
  }
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
