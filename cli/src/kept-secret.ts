import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CommandFault } from "./command-fault.ts";

const BYTES_MIN = 32;

/** What is kept, by the name of its file. */
export type SecretName = "ticket-secret" | "ops-token" | "database-password" | `redis-${string}-password`;

/**
 * A secret of a data folder, made by `make` on the first run and kept for the next ones: tickets stay readable, and the
 * database is still opened, when the instance is restarted. Only its owner may read the file.
 */
export function keepSecret(dataDir: string, name: SecretName, make: () => string): string {
  const file = join(dataDir, name);
  mkdirSync(dataDir, { recursive: true });
  try {
    writeFileSync(file, `${make()}\n`, { flag: "wx", mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  const secret = readFileSync(file, "utf8").trim();
  if (Buffer.byteLength(secret) >= BYTES_MIN) return secret;
  throw new CommandFault(`${file} holds less than ${BYTES_MIN} bytes: remove it, and a new secret is made`);
}

/** A secret that an instance of the folder has kept; null where none has. */
export function readSecret(dataDir: string, name: SecretName): string | null {
  try {
    return readFileSync(join(dataDir, name), "utf8").trim() || null;
  } catch {
    return null;
  }
}
