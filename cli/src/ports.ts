import { createServer, type Server } from "node:net";
import { CommandFault } from "./command-fault.ts";

/**
 * `count` consecutive ports from `first`, or any free ones for 0, found free on `host` just now. Throws a CommandFault
 * that names the port which is taken.
 */
export async function freePorts(host: string, first: number, count: number): Promise<number[]> {
  const wanted = Array.from({ length: count }, (_, index) => (first === 0 ? 0 : first + index));
  const servers: Server[] = [];
  try {
    for (const port of wanted) servers.push(await listen(host, port));
    return servers.map(portOf);
  } finally {
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  }
}

function listen(host: string, port: number): Promise<Server> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(portFault(host, port, error)));
    server.listen(port, host, () => resolve(server));
  });
}

function portFault(host: string, port: number, { code, message }: NodeJS.ErrnoException): CommandFault {
  if (code === "EADDRINUSE") {
    return new CommandFault(
      `Port ${port} is taken: stop what listens on ${host}:${port}, or choose another with --port`,
    );
  }
  return new CommandFault(`Port ${port} on ${host} cannot be used (${message}): choose another with --port or HOST`);
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("a listening server has a port");
  return address.port;
}
