import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
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

/** Whose work an order is. */
export const PARTS = ["api", "worker", "scheduler", "redis", "postgres"] as const;
export type Part = (typeof PARTS)[number];

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
  readonly #output: () => string;
  readonly #isFolderOurs: boolean;

  /**
   * `over`: settings of this run. `kept`: the folder to use, which stays when the stage is struck; else one of its own,
   * which does not. Throws where it does not come up, with what it said; nothing of it runs then.
   */
  static async set(over: NodeJS.ProcessEnv, kept?: string): Promise<Stage> {
    const folder = kept ?? mkdtempSync(join(tmpdir(), "flashgate-bench-"));
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
      return new Stage({ folder, child, local, state, output: () => output, isFolderOurs: kept === undefined });
    } catch (error) {
      await strike(child, kept === undefined ? folder : null);
      throw error;
    }
  }

  private constructor(parts: {
    readonly folder: string;
    readonly child: ChildProcess;
    readonly local: LocalState;
    readonly state: UpState;
    readonly output: () => string;
    readonly isFolderOurs: boolean;
  }) {
    this.#folder = parts.folder;
    this.#child = parts.child;
    this.#pids = parts.state.pids;
    this.#output = parts.output;
    this.#isFolderOurs = parts.isFolderOurs;
    this.local = parts.local;
    this.url = parts.state.api_urls[0] ?? "";
  }

  /** Processes of the deployment that take part in an order. */
  get pids(): Readonly<Record<Part, number>> {
    const { redis, postgres } = this.local;
    const storePid = (server: LocalState["redis"]) => (server.kind === "private" ? server.pid : Number.NaN);
    const [api, worker, scheduler] = [this.pidOf("api"), this.pidOf("worker"), this.pidOf("scheduler")];
    return { api, worker, scheduler, redis: storePid(redis), postgres: storePid(postgres) };
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

  /** How processes and stores ended though nobody had asked them to, a sentence each. */
  async deaths(): Promise<readonly string[]> {
    const now = await readLocalState(this.#folder);
    const pidIn = (state: LocalState | undefined, store: "redis" | "postgres") => {
      const server = state?.[store];
      return server?.kind === "private" ? server.pid : null;
    };
    const stores = (["redis", "postgres"] as const).filter((store) => pidIn(now, store) !== pidIn(this.local, store));
    const processes = this.#output()
      .split("\n")
      .filter((line) => line.includes("it is started again"));
    return [...processes, ...stores.map((store) => `${store} is another one now`)];
  }

  /** Lines of the processes' logs that say of an error. */
  errorLines(): readonly string[] {
    const logs = join(this.#folder, "logs");
    return readdirSync(logs).flatMap((name) => {
      const lines = readFileSync(join(logs, name), "utf8").split("\n");
      return lines.filter((line) => /"level":"?(50|60|error|fatal)|nhandled|UnhandledPromise/.test(line));
    });
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
    await strike(this.#child, this.#isFolderOurs ? this.#folder : null);
  }

  #flashgate(...args: string[]) {
    const env = withoutStores(process.env);
    return promisify(execFile)(process.execPath, [PROGRAM, ...args, "--data", this.#folder], { env });
  }
}

/** Stops it, and removes the folder where one is named. */
async function strike(child: ChildProcess, folder: string | null): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const deadline = setTimeout(() => child.kill("SIGKILL"), DOWN_MS_MAX);
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    await ended;
    clearTimeout(deadline);
  }
  if (folder !== null) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
