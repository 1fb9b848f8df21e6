import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Logger } from "pino";
import type { Registry } from "prom-client";
import { Dependency, type DependencyCheck } from "./dependency.ts";
import { createGauges } from "./gauge.ts";
import { LogLines } from "./log-lines.ts";
import type { OpsAccess } from "./ops-access.ts";

export interface OpsServerOptions {
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
  readonly registry: Registry;
  readonly checks: readonly DependencyCheck[];
  readonly logger: Logger;
  /** Who may ask for more than the two probes. */
  readonly access: OpsAccess;
  readonly routes?: OpsRoutes;
}

/** What a process serves on its ops port beside what every process does. */
export interface OpsRoutes {
  /** Begins every path of theirs. */
  readonly prefix: string;
  /** Answers a request of somebody who holds the token; `holder` names them in the audit log. */
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

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** What probes ask for: they carry no token. */
const PROBES: ReadonlySet<string> = new Set(["/livez", "/readyz"]);

/**
 * Serves what the operators' machines ask for: `/livez` and `/readyz` (with `?verbose` as JSON, by dependency), and with
 * the token `/metrics` and the process's own routes. Rejects when it cannot listen.
 */
export async function startOpsServer(options: OpsServerOptions): Promise<OpsServer> {
  const { host, port, registry, checks, logger, access } = options;
  const lines = new LogLines(logger);
  const dependencies = checks.map((check) => new Dependency(check, lines));
  createGauges(registry, {
    name: "flashgate_dependency_up",
    help: "Whether what this process needs answers it.",
    label: "dependency",
    read: () => Promise.all(dependencies.map(async (each) => [each.name, Number(await each.isUp())] as const)),
  });
  let serving = false;

  const pages = new Map<string, (query: URLSearchParams) => Promise<Answer>>([
    // asks nobody: a process is not healed by restarting it because its database is away
    ["/livez", async () => text(200, "alive\n")],
    ["/readyz", (query) => (query.has("verbose") ? verbose(serving, dependencies) : brief(serving, dependencies))],
    ["/metrics", async () => ({ status: 200, type: registry.contentType, body: await registry.metrics() })],
  ]);

  const answer = async (method: string, path: string, query: string | undefined) => {
    if (method !== "GET" && method !== "HEAD") return text(405, "GET or HEAD\n");
    const page = pages.get(path);
    if (!page) return text(404, "not found\n");
    try {
      return await page(new URLSearchParams(query));
    } catch (error) {
      lines.opsFault(path, error);
      return text(500, "failed\n");
    }
  };
  const server = createBoundedServer(async (request, response) => {
    const [path = "", query] = (request.url ?? "").split("?", 2);
    const holder = access.holderOf(request.headers.authorization);
    if (holder === null && !PROBES.has(path)) return write(response, text(401, "send the ops token as a bearer\n"));
    if (holder !== null && options.routes && path.startsWith(options.routes.prefix)) {
      return options.routes.handle(request, response, holder);
    }
    write(response, await answer(request.method ?? "", path, query));
  });
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
  const body = `${JSON.stringify({ ready, serving, dependencies }, null, 2)}\n`;
  return { status: ready ? 200 : 503, type: "application/json", body };
}

function text(status: number, body: string): Answer {
  return { status, type: "text/plain; charset=utf-8", body };
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

function write(response: ServerResponse, { status, type, body }: Answer): void {
  response.writeHead(status, {
    "content-type": type,
    "content-length": Buffer.byteLength(body),
    "cache-control": "no-store",
    ...(status === 401 && { "www-authenticate": "Bearer" }),
    ...(status === 405 && { allow: "GET, HEAD" }),
  });
  response.end(body);
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
