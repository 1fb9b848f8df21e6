import type { IncomingMessage, ServerResponse } from "node:http";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { createBullBoard } from "@bull-board/api";
import type { QueueReader } from "@flashgate/core";
import express, { type Express, type NextFunction, type Request, type Response } from "express";
import type { Problem } from "../problems.ts";
import { HEADERS, PRIVATE, sendProblem } from "../responses.ts";
import { BoardAdapter } from "./board-adapter.ts";
import { type Queue, ShownQueue } from "./shown-queue.ts";

/** Where the board is. */
const PREFIX = "/queues";
const READS = "GET, HEAD";

/** All queues, open. */
export interface OpenQueues extends QueueReader {
  readonly all: readonly { readonly queue: Queue; readonly about: string }[];
  close(): Promise<void>;
}

/** Something that somebody asked of a queue, and the status it was answered with. */
export interface QueueChange {
  readonly holder: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
}

export interface QueueBoardParts {
  /** Called at the first look, so that nobody pays for a board that nobody opens; again where it failed. */
  readonly open: () => Promise<OpenQueues>;
  /** Whether jobs may be retried and removed. */
  readonly writable: boolean;
  /** What paths begin with in browsers, and not here. */
  readonly basePath: string;
  /** The audit log. */
  readonly onChange: (change: QueueChange) => void;
  readonly onError: (error: unknown, requestId: string) => void;
  readonly requestId: () => string;
  readonly random: () => number;
}

/**
 * What a writable board does: it moves jobs and throws them away, which costs time and no sale, as a job is no more than a
 * list of ids to look up. What would stop settlement (a pause, a limit) or put words into a job's mouth it does not do.
 */
const CHANGES: ReadonlySet<string> = new Set([
  "/api/queues/resume",
  "/api/queues/:queueName/resume",
  "/api/queues/:queueName/retry/:queueStatus",
  "/api/queues/:queueName/clean/:queueStatus",
  "/api/queues/:queueName/promote",
  "/api/queues/:queueName/empty",
  "/api/queues/:queueName/:jobId/retry",
  "/api/queues/:queueName/:jobId/clean",
  "/api/queues/:queueName/:jobId/promote",
]);
const NOT_DONE_HERE =
  "Not done here: a queue that stands still keeps checkouts from being settled before their time is over.";

/** The board's own scripts, styles and answers, and nobody else's; nothing that stands in a page runs or colours it. */
const PAGE_HEADERS = {
  ...HEADERS,
  ...PRIVATE,
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'self'; form-action 'none'; frame-ancestors 'none'",
} as const;

/**
 * Bull Board on the ops port, behind its door, at `/queues`: every queue and its jobs, masked. Reads only, unless it is
 * `writable`; then each change is told to the audit log.
 */
export function createQueueBoard(parts: QueueBoardParts) {
  let opened: Promise<{ readonly queues: OpenQueues; readonly app: Express }> | undefined;
  const open = async () => {
    const queues = await parts.open();
    return { queues, app: createApp(queues, parts) };
  };
  return {
    prefix: PREFIX,
    links: [
      {
        path: `${PREFIX}/`,
        name: "Queues",
        about: parts.writable
          ? "Bull Board: the jobs of every queue, to look at, retry and remove."
          : "Bull Board: the jobs of every queue, to look at.",
      },
    ],
    handle(request: IncomingMessage, response: ServerResponse, holder: string): void {
      opened ??= open();
      opened.then(
        ({ app }) => {
          Object.assign(response, { locals: { holder } });
          app(request as Request, response as Response);
        },
        (error: unknown) => {
          opened = undefined;
          const requestId = parts.requestId();
          parts.onError(error, requestId);
          sendProblem(response as Response, { kind: "unavailable" }, requestId, parts.random);
        },
      );
    },
    /** Lets go of the queues. */
    async close(): Promise<void> {
      const board = await opened?.catch(() => undefined);
      await board?.queues.close();
    },
  };
}

function createApp(queues: OpenQueues, parts: QueueBoardParts): Express {
  const { writable, basePath, requestId, random } = parts;
  const answer = (response: Response, problem: Problem) => sendProblem(response, problem, requestId(), random);
  const app = express();
  app.disable("x-powered-by");
  app.use(PREFIX, (request: Request, response: Response, next: NextFunction) => {
    response.set(PAGE_HEADERS);
    if (request.method === "GET" || request.method === "HEAD") return next();
    response.once("finish", () => tellChange(parts, request, response));
    return writable ? next() : answer(response, { kind: "method_not_allowed", allow: READS });
  });
  app.use(PREFIX, boardOf(queues, { writable, basePath }));
  app.use((_request: Request, response: Response) => answer(response, { kind: "not_found", what: "route" }));
  app.use((_error: unknown, _request: Request, response: Response, _next: NextFunction) =>
    answer(response, { kind: "malformed", detail: "the path is not readable" }),
  );
  return app;
}

function boardOf({ all }: OpenQueues, { writable, basePath }: Pick<QueueBoardParts, "writable" | "basePath">): Express {
  const serverAdapter = new BoardAdapter();
  serverAdapter.setBasePath(`${basePath}${PREFIX}`);
  createBullBoard({
    queues: all.map(({ queue, about }) => new ShownQueue(queue, { about, writable })),
    serverAdapter,
    options: {
      uiBasePath: dirname(createRequire(import.meta.url).resolve("@bull-board/ui/package.json")),
      uiConfig: {
        boardTitle: "Flashgate queues",
        miscLinks: [{ text: "Operations", url: `${basePath}/` }],
        hideDocsLink: true,
        hideRedisDetails: true,
        showWorkers: false,
      },
      handlerHooks: {
        before: ({ method, route }) =>
          method === "get" || CHANGES.has(route) ? { allow: true } : { allow: false, message: NOT_DONE_HERE },
      },
    },
  });
  return serverAdapter.getRouter();
}

function tellChange({ onChange }: QueueBoardParts, request: Request, { locals, statusCode }: Response): void {
  const { method, originalUrl: path } = request;
  onChange({ holder: String(locals["holder"]), method, path, status: statusCode });
}
