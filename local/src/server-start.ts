import { freePort, isFree } from "./port.ts";
import type { RestartLimit } from "./restart-budget.ts";
import { launchServer, type ServerRecipe } from "./server-launch.ts";
import { type ServerEvents, ServerProcess } from "./server-process.ts";
import type { LocalServer } from "./state.ts";

const PORT_ATTEMPTS = 3;

export interface StartedServer {
  readonly port: number;
  /** As it is now: the pid changes with each restart. */
  describe(): LocalServer;
  stop(): Promise<void>;
}

/** Starts a server on the remembered port, or a free one where that is taken, and keeps it running there. */
export async function startServer(
  recipe: ServerRecipe,
  rememberedPort: number | undefined,
  limit: RestartLimit,
  events: ServerEvents,
  signal: AbortSignal,
): Promise<StartedServer> {
  const { port, plan, life } = await launchOnFreePort(recipe, rememberedPort, signal);
  const server = new ServerProcess(plan, life, limit, events);
  const { version, origin } = recipe;
  return {
    port,
    describe: () => ({ kind: "private", url: recipe.url(port), pid: server.pid, port, version, origin }),
    stop: () => server.stop(),
  };
}

async function launchOnFreePort(recipe: ServerRecipe, rememberedPort: number | undefined, signal: AbortSignal) {
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort(rememberedPort);
    const plan = recipe.plan(port);
    try {
      return { port, plan, life: await launchServer(plan, signal) };
    } catch (error) {
      // another process may have taken the port between our look at it and the server's
      const lostPort = !(await isFree(port));
      if (!lostPort || attempt === PORT_ATTEMPTS) throw error;
    }
  }
}
