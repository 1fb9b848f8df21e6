import { freePort, postgresRecipe } from "@flashgate/local";
import { StoreServer } from "./store-server.ts";

/** A Postgres of the siege: a commit is on disk before its answer. */
export async function preparePostgres(
  place: { readonly dataDir: string; readonly password: string; readonly env: NodeJS.ProcessEnv },
  onDied: (how: string) => void,
): Promise<StoreServer> {
  const recipe = await postgresRecipe({ ...place, durable: true }, new AbortController().signal);
  return new StoreServer(recipe, await freePort(undefined), onDied);
}
