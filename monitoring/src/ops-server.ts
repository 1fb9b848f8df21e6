import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Clock } from "@flashgate/core";
import type { Logger } from "pino";
import type { Registry } from "prom-client";
import { Dependency, type DependencyCheck } from "./dependency.ts";
import { createGauges } from "./gauge.ts";
import { LogLines } from "./log-lines.ts";
import type { OpsAccess } from "./ops-access.ts";
import { type Answer, json, notAllowed, text, write } from "./ops-answer.ts";
import { OpsDoor } from "./ops-door.ts";
import { indexPage, type OpsLink } from "./ops-pages.ts";
import { systemClock } from "./system-clock.ts";

export interface OpsServerOptions {
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
  readonly registry: Registry;
  readonly checks: readonly DependencyCheck[];
  readonly logger: Logger;
  /** Who may ask for more than the two probes. */
  readonly access: OpsAccess;
  readonly routes?: readonly OpsRoutes[];
  /** Of the sessions. */
  readonly clock?: Clock;
}

/** What a process serves on its ops port beside what every process does. */
export interface OpsRoutes {
  /** The path under which all of theirs are, without a slash at its end. */
  readonly prefix: string;
  /** What of it the index names. */
  readonly links: readonly OpsLink[];
  /** Answers a request of somebody who was let in; `holder` names them in the audit log. */
  handle(request: IncomingMessage, response: ServerResponse, holder: string): void;
}

export interface OpsServer {
  /** Without a slash at its end. */
  readonly url: string;
  /** Whether the process takes work. It does not until this is called with true. */
  setReady(ready: boolean): void;
  /** Lets the answers under way finish, for a moment. Idempotent; resolves when no connection is left. */
  close(): Promise<void>;
}

/** Bounds of a connection: those who ask are few, near and quick. */
const LIMITS = {
  requestTimeoutMs: 5_000,
  /** How often overdue requests are looked for. */
  checkMs: 1_000,
  /** Longest silence, the wait for an answer included. */
  silenceMs: 10_000,
  keepAliveMs: 30_000,
  headerBytesMax: 8_192,
  connectionsMax: 100,
  closeMs: 1_000,
} as const;

/** What probes ask for: they carry no token. */
const PROBES: ReadonlySet<string> = new Set(["/livez", "/readyz"]);

const LINKS: readonly OpsLink[] = [
  { path: "/readyz?verbose", name: "Readiness", about: "Each dependency of this process, and whether it is there." },
  { path: "/metrics", name: "Metrics", about: "What Prometheus scrapes." },
];

/**
 * Serves what operators and their machines ask for: `/livez` and `/readyz` (with `?verbose` as JSON, by dependency), and to
 * whoever holds the token an index, `/metrics` and the process's own routes. Rejects when it cannot listen.
 */
export async function startOpsServer(options: OpsServerOptions): Promise<OpsServer> {
  const { host, port, registry, checks, logger, access, routes = [], clock = systemClock } = options;
  const lines = new LogLines(logger);
  const door = new OpsDoor({ access, clock, lines });
  const dependencies = checks.map((check) => new Dependency(check, lines));
  createGauges(registry, {
    name: "flashgate_dependency_up",
    help: "Whether what this process needs answers it.",
    label: "dependency",
    read: () => Promise.all(dependencies.map(async (each) => [each.name, Number(await each.isUp())] as const)),
  });
  let serving = false;

  const links = [...routes.flatMap((mounted) => mounted.links), ...LINKS];
  const pages = new Map<string, (query: URLSearchParams) => Promise<Answer>>([
    ["/", async () => indexPage(access.publicPath, links)],
    // asks nobody: a process is not healed by restarting it because its database is away
    ["/livez", async () => text(200, "alive\n")],
    ["/readyz", (query) => (query.has("verbose") ? verbose(serving, dependencies) : brief(serving, dependencies))],
    ["/metrics", async () => ({ status: 200, type: registry.contentType, body: await registry.metrics() })],
  ]);

  const answer = async (method: string, path: string, query: string | undefined) => {
    if (method !== "GET" && method !== "HEAD") return notAllowed("GET, HEAD");
    const page = pages.get(path);
    return page ? page(new URLSearchParams(query)) : text(404, "not found\n");
  };
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    request.url = withoutPrefix(request.url ?? "/", access.publicPath);
    const [path = "", query] = request.url.split("?", 2);
    const method = request.method ?? "";
    try {
      if (PROBES.has(path)) return write(response, await answer(method, path, query));
      const admission = await door.admit(request, path);
      if (admission.kind === "answered") return write(response, admission.answer);
      const mounted = routes.find(({ prefix }) => path === prefix || path.startsWith(`${prefix}/`));
      if (mounted) return mounted.handle(request, response, admission.holder);
      write(response, await answer(method, path, query));
    } catch (error) {
      // Who went away in the middle is no fault of ours.
      if (request.destroyed && !request.complete) return;
      lines.opsFault(path, error);
      write(response, text(500, "failed\n"));
    }
  };
  const server = createBoundedServer(serve);
  const url = await listen(server, host, port);
  // a process that runs out of file handles must not die of its ops server
  server.on("error", (error) => lines.opsFault("accept", error));
  lines.opsListening(url);

  let closed: Promise<void> | undefined;
  return {
    url,
    setReady(ready) {
      serving = ready;
    },
    close() {
      closed ??= closeServer(server);
      return closed;
    },
  };
}

/** Asks critical dependencies only: a probe must not wait for what does not change its answer. */
async function brief(serving: boolean, dependencies: readonly Dependency[]): Promise<Answer> {
  const critical = dependencies.filter((dependency) => dependency.critical);
  const ready = serving && (await Promise.all(critical.map((dependency) => dependency.isUp()))).every(Boolean);
  return ready ? text(200, "ready\n") : text(503, "not ready\n");
}

async function verbose(serving: boolean, all: readonly Dependency[]): Promise<Answer> {
  const dependencies = await Promise.all(
    all.map(async (dependency) => {
      const { name, critical } = dependency;
      return { name, critical, state: (await dependency.isUp()) ? "up" : "down" };
    }),
  );
  const ready = serving && dependencies.every(({ critical, state }) => !critical || state === "up");
  return json(ready ? 200 : 503, { ready, serving, dependencies });
}

/** Some proxies pass a path on as it came. */
function withoutPrefix(url: string, prefix: string): string {
  return prefix !== "" && url.startsWith(`${prefix}/`) ? url.slice(prefix.length) : url;
}

function createBoundedServer(serve: (request: IncomingMessage, response: ServerResponse) => Promise<void>): Server {
  const server = createServer(
    {
      headersTimeout: LIMITS.requestTimeoutMs,
      requestTimeout: LIMITS.requestTimeoutMs,
      connectionsCheckingInterval: LIMITS.checkMs,
      keepAliveTimeout: LIMITS.keepAliveMs,
      maxHeaderSize: LIMITS.headerBytesMax,
    },
    serve,
  );
  server.timeout = LIMITS.silenceMs;
  server.maxConnections = LIMITS.connectionsMax;
  return server;
}

async function listen(server: Server, host: string, port: number): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
  const { address, family, port: bound } = server.address() as AddressInfo;
  return `http://${family === "IPv6" ? `[${address}]` : address}:${bound}`;
}

async function closeServer(server: Server): Promise<void> {
  const impatience = setTimeout(() => server.closeAllConnections(), LIMITS.closeMs);
  await new Promise<void>((resolve) => server.close(() => resolve()));
  clearTimeout(impatience);
}
