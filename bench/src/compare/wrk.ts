import { type ChildProcess, execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { CACHE_DIR, findWrk } from "@flashgate/local";

const SCRIPT = fileURLToPath(new URL("../../wrk/load.lua", import.meta.url));
const PATIENCE_S = 30;
const THREADS = 1;
const SEARCH_MS_MAX = 180_000;

/** What wrk says of a run. `refused`: answers of 400 and more; `failed`: requests without an answer. */
export interface Load {
  readonly requests: number;
  readonly seconds: number;
  readonly refused: number;
  readonly failed: number;
}

export interface LoadPlan {
  readonly url: string;
  readonly connections: number;
  readonly seconds: number;
  /** How long a connection rests before each request: chance, twice this at most. Without it, it never does. */
  readonly pauseMs?: number;
  /** Asked for round and round. */
  readonly paths: readonly string[];
  /**
   * Absent: GET. Else every request is a POST of the body, by a shopper of that prefix who never asked before; `spread`: whose
   * name lies anywhere among those of all others, and not behind the last one's.
   */
  readonly post?: { readonly body: string; readonly prefix: string; readonly spread: boolean };
}

/** A load that goes on; `stop` ends it before its time. */
export interface RunningLoad {
  readonly done: Promise<Load>;
  readonly stop: () => void;
}

/**
 * The cheapest generator of load there is, from PATH or as a private copy of Debian's. Closed loop: it tells how much is
 * done, and nothing of how long a shopper would have waited.
 */
export class Wrk {
  readonly #file: string;
  readonly #env: NodeJS.ProcessEnv;

  /** Throws a LocalServicesError that says how to install it. */
  static async find(env: NodeJS.ProcessEnv): Promise<Wrk> {
    const { file, env: own } = await findWrk(env, CACHE_DIR, AbortSignal.timeout(SEARCH_MS_MAX));
    return new Wrk(file, own);
  }

  private constructor(file: string, env: NodeJS.ProcessEnv) {
    this.#file = file;
    this.#env = env;
  }

  start({ url, connections, seconds, pauseMs = 0, paths, post }: LoadPlan): RunningLoad {
    const shape = [`-t${THREADS}`, `-c${connections}`, `-d${Math.ceil(seconds)}s`, "--timeout", `${PATIENCE_S}s`];
    const asked = [post?.body ?? "", post?.prefix ?? "", post?.spread ? "spread" : "row", String(pauseMs), ...paths];
    const running = promisify(execFile)(this.#file, [...shape, "-s", SCRIPT, url, "--", ...asked], { env: this.#env });
    return { done: running.then(({ stdout }) => loadOf(stdout)), stop: () => interrupt(running.child) };
  }

  run(plan: LoadPlan): Promise<Load> {
    return this.start(plan).done;
  }
}

/** Throws where it says nothing that is understood. */
export function loadOf(stdout: string): Load {
  const line = stdout.split("\n").find((text) => text.startsWith("{"));
  if (line === undefined) throw new Error(`wrk did not tell what it did: ${stdout}`);
  return JSON.parse(line) as Load;
}

/** wrk tells its results when it is interrupted. */
function interrupt(child: ChildProcess): void {
  child.kill("SIGINT");
}
