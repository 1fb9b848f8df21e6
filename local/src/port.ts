import { randomInt } from "node:crypto";
import { createServer } from "node:net";
import { LocalServicesError } from "./local-services-error.ts";

/**
 * Below the range from which every system takes the local ports of outgoing connections. From inside it, a port would
 * be lost while its server restarts: to any client that dials out, even to one that dials this very port and so
 * connects to itself.
 */
const LOWEST = 20_000;
const HIGHEST = 24_999;
const ATTEMPTS = 200;

/** The host that the private servers listen on, and the only one. */
export const HOST = "127.0.0.1";

/** Whether a server could listen on this port now. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen(port, HOST, () => probe.close(() => resolve(true)));
  });
}

/** The remembered port where it is free, else a random free one. */
export async function freePort(remembered: number | undefined): Promise<number> {
  if (remembered !== undefined && (await isFree(remembered))) return remembered;
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const port = randomInt(LOWEST, HIGHEST + 1);
    if (await isFree(port)) return port;
  }
  throw new LocalServicesError(`No free port between ${LOWEST} and ${HIGHEST} on ${HOST}.`);
}
