/**
 * The supervisor, a process of its own: owns the private servers for the process that forked it, and stops them when
 * that process asks, or when the pipe between the two closes because it exited, crashed or was killed.
 *
 *   waiting ──start──► starting ──ready──► running
 *   any ──stop, pipe closed, signal, failure──► ending ──► gone
 */
import { messageOf } from "./local-services-error.ts";
import { log } from "./log.ts";
import type { FromSupervisor, ToSupervisor } from "./messages.ts";
import { PrivateServers } from "./private-servers.ts";

const cancellation = new AbortController();
let running: Promise<PrivateServers> | undefined;

process.on("message", (message: ToSupervisor) => {
  if (message.kind === "stop") return void end();
  running = PrivateServers.start(message.request, process.env, { onChanged, onLost: end }, cancellation.signal);
  running.then((servers) => onChanged(servers.describe())).catch((error) => end(messageOf(error)));
});
process.on("disconnect", () => end());
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => end(`The supervisor of the private servers, pid ${process.pid}, received ${signal}.`));
}
process.on("uncaughtException", (error) => end(`The supervisor failed: ${error.stack}`));

function onChanged(servers: Extract<FromSupervisor, { kind: "servers" }>["servers"]): void {
  log(JSON.stringify(servers, (key, value) => (key === "url" ? undefined : value)));
  void send({ kind: "servers", servers });
}

/** Stops the servers, tells why unless that is what was asked for, and exits. */
async function end(reason?: string): Promise<void> {
  if (cancellation.signal.aborted) return;
  cancellation.abort();
  if (reason !== undefined) log(reason);
  const servers = await running?.catch(() => undefined);
  // whatever goes wrong here, this process must not stay
  await servers?.stop().catch((error) => log(messageOf(error)));
  if (reason !== undefined) await send({ kind: "ended", reason });
  process.exit();
}

/** Resolves once the message is on its way, or lost because nobody is left to read it. */
function send(message: FromSupervisor): Promise<void> {
  return new Promise((resolve) => {
    if (process.connected && process.send) process.send(message, () => resolve());
    else resolve();
  });
}
