import { launchServer, type ServerLife, type ServerPlan, type ServerRecipe } from "@flashgate/local";
import { familyOf, signal } from "./signals.ts";

/**
 * A store that lives and dies as it is told: unlike a supervisor's it stays dead until somebody starts it. Should it die
 * unasked, `onDied` hears how.
 *
 * ```
 *   down ── start ──▶ up ⇄ frozen        up, frozen ── kill, ended, stop ──▶ down
 * ```
 */
export class StoreServer {
  readonly recipe: ServerRecipe;
  readonly port: number;
  readonly #plan: ServerPlan;
  readonly #onDied: (how: string) => void;
  readonly #stopping = new AbortController();
  #life: ServerLife | null = null;
  #deathIsWanted = false;

  constructor(recipe: ServerRecipe, port: number, onDied: (how: string) => void) {
    this.recipe = recipe;
    this.port = port;
    this.#plan = recipe.plan(port);
    this.#onDied = onDied;
  }

  get url(): string {
    return this.recipe.url(this.port);
  }

  /** Undefined while it is down. */
  get pid(): number | undefined {
    return this.#life?.pid;
  }

  /** Resolves once it answers. Throws when it cannot be started. */
  async start(): Promise<void> {
    if (this.#life) return;
    const life = await launchServer(this.#plan, this.#stopping.signal);
    this.#life = life;
    this.#deathIsWanted = false;
    void life.ended.then((how) => {
      if (this.#life === life) this.#life = null;
      if (!this.#deathIsWanted) this.#onDied(how);
    });
  }

  /** SIGKILL; resolves once it is gone. Whether there was anything to kill. */
  async kill(): Promise<boolean> {
    const life = this.#life;
    if (!life) return false;
    const ended = this.ended();
    const killed = signal(life.pid, "SIGKILL");
    await ended;
    return killed;
  }

  /** Resolves once it is gone, by whatever was done to it. */
  async ended(): Promise<void> {
    this.#deathIsWanted = true;
    const life = this.#life;
    await life?.ended;
    if (this.#life === life) this.#life = null;
  }

  /** SIGSTOP to all its processes. Whether there was one. */
  freeze(): boolean {
    return this.#signalAll("SIGSTOP");
  }

  thaw(): void {
    this.#signalAll("SIGCONT");
  }

  /** An orderly end, for good. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#deathIsWanted = true;
    this.thaw();
    await this.#life?.end();
  }

  #signalAll(name: NodeJS.Signals): boolean {
    const { pid } = this;
    return pid !== undefined && familyOf(pid).map((each) => signal(each, name))[0] === true;
  }
}
