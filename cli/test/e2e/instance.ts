import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import http from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readLocalState } from "@flashgate/local";
import { expect } from "vitest";
import { steadyClock } from "../../src/clock.ts";
import { until } from "../../src/until.ts";
import { readUpState, type UpState } from "../../src/up-state.ts";

const PROGRAM = fileURLToPath(new URL("../../bin/flashgate.js", import.meta.url));
const UP_MS_MAX = 60_000;
const GONE_MS_MAX = 30_000;

export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the program to its end. */
export function flashgate(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Run> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [PROGRAM, ...args], { env: { ...process.env, ...env } });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (chunk) => (stdout += chunk));
    child.stderr.on("data", (chunk) => (stderr += chunk));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
}

/** `flashgate up` as a user would have it: real processes, real databases, a folder and ports of its own. */
export class Instance {
  readonly dataDir: string;
  #process: ChildProcess | undefined;
  #ended: Promise<number | null> = Promise.resolve(0);
  output = "";

  constructor(dataDir = mkdtempSync(join(tmpdir(), "flashgate-e2e-"))) {
    this.dataDir = dataDir;
  }

  /** Starts it in a process group of its own, as a terminal would; resolves once it says that it is up. */
  async up(args: readonly string[] = [], env: NodeJS.ProcessEnv = {}): Promise<void> {
    this.output = "";
    const child = spawn(process.execPath, [PROGRAM, "up", "--port", "0", "--data", this.dataDir, ...args], {
      env: { ...process.env, ...env },
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#process = child;
    this.#ended = new Promise((resolve) => child.once("exit", (code) => resolve(code)));
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (this.output += chunk));
    const up = async () => (child.exitCode !== null || this.output.includes("Flashgate is up") ? true : null);
    await until(up, { clock: steadyClock, everyMs: 50, timeoutMs: UP_MS_MAX });
    expect(this.output).toContain("Flashgate is up");
  }

  get pid(): number {
    return this.#process?.pid ?? 0;
  }

  get state(): UpState {
    const state = readUpState(this.dataDir);
    if (!state) throw new Error(`nothing runs on ${this.dataDir}: ${this.output}`);
    return state;
  }

  get url(): string {
    return this.state.api_urls[0] ?? "";
  }

  /** A process of a service; the first where there are several. */
  pidOf(service: "api" | "worker" | "scheduler"): number {
    return this.state.pids[service]?.[0] ?? 0;
  }

  async databases() {
    const state = await readLocalState(this.dataDir);
    if (state?.redis?.kind !== "private" || state.postgres?.kind !== "private") throw new Error("no private databases");
    return { redis: state.redis, postgres: state.postgres };
  }

  /** Sends a signal to the whole process group, as Ctrl-C in a terminal does; resolves to the exit code. */
  interrupt(signal: NodeJS.Signals = "SIGINT"): Promise<number | null> {
    if (this.pid > 0 && this.#process?.exitCode === null) process.kill(-this.pid, signal);
    return this.#ended;
  }

  /** SIGKILL to the supervisor alone. */
  async kill(): Promise<void> {
    this.#process?.kill("SIGKILL");
    await this.#ended;
  }

  flashgate(...args: string[]): Promise<Run> {
    return flashgate([...args, "--data", this.dataDir]);
  }

  /** A sale that runs now. */
  async newSale(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.flashgate("sale", "new", "--json", ...args);
    expect(stderr).toBe("");
    expect(code).toBe(0);
    return JSON.parse(stdout).id;
  }

  /** Resolves once no process of this instance is left. */
  async gone(): Promise<void> {
    const left = () => processesOf(this.dataDir);
    const none = async () => (left().length === 0 ? true : null);
    if (await until(none, { clock: steadyClock, everyMs: 50, timeoutMs: GONE_MS_MAX })) return;
    throw new Error(`still there: ${left().join("; ")}`);
  }

  async dispose(): Promise<void> {
    await this.interrupt();
    await this.gone();
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}

/** Processes that name the folder on their command line or in their environment, this one left out. */
export function processesOf(dataDir: string): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((pid) => {
      const text = (file: string) => {
        try {
          return readFileSync(`/proc/${pid}/${file}`, "utf8").replaceAll("\0", " ");
        } catch {
          return "";
        }
      };
      const mine = text("cmdline").includes(dataDir) || text("environ").includes(dataDir);
      return mine ? [`${pid} ${text("cmdline")}`] : [];
    });
}

export interface Reply {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  // biome-ignore lint/suspicious/noExplicitAny: what a test expects of a body says its type
  readonly body: any;
}

/** One HTTP request. */
export function ask(
  url: string,
  init: { method?: string; headers?: Record<string, string>; json?: unknown } = {},
): Promise<Reply> {
  const text = init.json === undefined ? undefined : JSON.stringify(init.json);
  const type =
    text === undefined ? {} : { "content-type": "application/json", "content-length": String(Buffer.byteLength(text)) };
  return new Promise((resolve, reject) => {
    const request = http.request(
      url,
      { method: init.method ?? "GET", headers: { ...type, ...init.headers } },
      (response) => {
        let received = "";
        response.on("data", (chunk) => (received += chunk));
        response.on("end", () => {
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: received ? JSON.parse(received) : null,
          });
        });
      },
    );
    request.on("error", reject);
    request.end(text);
  });
}

/** One checkout; `items` by id, `any` included. */
export function checkout(
  url: string,
  sale: string,
  user: string,
  items: Readonly<Record<string, number>> = { any: 1 },
  headers: Record<string, string> = {},
): Promise<Reply> {
  const json = { items: Object.entries(items).map(([item_id, quantity]) => ({ item_id, quantity })) };
  return ask(`${url}/v1/sales/${sale}/checkouts`, { method: "POST", headers: { "x-user-id": user, ...headers }, json });
}

/** A ticket's status once it is decided. */
export async function verdictOf(url: string, ticket: string): Promise<Reply> {
  const reply = await ask(`${url}/v1/tickets/${ticket}`, { headers: { prefer: "wait=20" } });
  expect(reply.body.status).not.toBe("queued");
  return reply;
}
