import http from "node:http";
import net from "node:net";
import {
  type Clock,
  generatedCatalogue,
  type Page,
  recoverGate,
  SaleBoard,
  type SalePlan,
  type SettlementQueue,
  settlePage,
  type Telemetry,
} from "@flashgate/core";
import { MemoryGate, MemoryLedger } from "@flashgate/core/testing";
import { v7 as uuidv7 } from "uuid";
import type { Access } from "../src/access.ts";
import { type AppParts, createApp } from "../src/app.ts";
import { trustedHeader } from "../src/authentication/trusted-header.ts";
import { BoardKeeper } from "../src/board-keeper.ts";
import { SaleArchive } from "../src/sale-archive.ts";
import { SaleEvents } from "../src/sale-events.ts";
import { close, createServer, listen, type ServerLimits } from "../src/server.ts";
import { StatusReader } from "../src/status-reader.ts";
import { Streams } from "../src/streams.ts";
import { TicketSeal } from "../src/ticket-seal.ts";
import { Verdicts } from "../src/verdicts.ts";
import { faultOf } from "./conformance.ts";

const silent: Telemetry = { emit: () => undefined };
export const SECRET = "a test secret of at least 32 bytes!";

/** Collects pages until {@link settle} judges them: the tests say when. */
class HeldQueue implements SettlementQueue {
  readonly pages: Page[] = [];

  submit(saleId: string, epoch: number, checkoutId: string): void {
    this.pages.push({ saleId, epoch, checkoutIds: [checkoutId] });
  }

  async enqueue(page: Page): Promise<void> {
    this.pages.push(page);
  }
}

/** X-User-Id is believed, nobody is limited. */
export const OPEN_ACCESS: Access = {
  authenticator: trustedHeader,
  allowances: { user: null, address: null },
  trustProxy: [],
  corsOrigins: new Set(),
  tlsOnly: false,
};

/** A whole shop over memory: the real app, server, commands and queries; the caller's clock and settlement. Unless `over` says otherwise: X-User-Id, unlimited. */
export async function openShop(
  over: (clock: Clock) => Partial<AppParts> = () => ({}),
  { streamsMax = 100, limits = {} }: { readonly streamsMax?: number; readonly limits?: Partial<ServerLimits> } = {},
) {
  const clock = { ms: Date.UTC(2026, 10, 22, 10, 30), nowMs: () => clock.ms };
  const ledger = new MemoryLedger(clock);
  const gate = new MemoryGate(clock);
  const queue = new HeldQueue();
  const board = new SaleBoard();
  const keeper = new BoardKeeper({ board, ledger, gate });
  const verdicts = new Verdicts();
  const errors: unknown[] = [];
  await gate.subscribe((event) => {
    if (event.kind === "settled") for (const judged of event.judged) verdicts.note(judged);
    board.apply(event);
  });

  const streams = new Streams({ max: streamsMax, random: () => 0 });
  const saleEvents = new SaleEvents({ board, streams, clock, instance: "test" });
  const statuses = new StatusReader({ ledger, holds: gate, verdicts, clock });
  const app = createApp({
    admission: gate,
    holds: gate,
    ledger,
    orders: ledger,
    queue,
    clock,
    telemetry: silent,
    board,
    verdicts,
    statuses,
    archive: new SaleArchive({ ledger, clock }),
    streams,
    saleEvents,
    attempts: null,
    ids: { checkoutId: () => uuidv7(), saleId: () => `x-${uuidv7()}` },
    seal: new TicketSeal(SECRET),
    instance: "test",
    random: () => 0,
    requestId: () => "request-1",
    observe: () => undefined,
    onError: (error) => errors.push(error),
    stopping: () => false,
    ...OPEN_ACCESS,
    ...over(clock),
  });
  const server = createServer(app, limits);
  const url = await listen(server, "127.0.0.1", 0);

  const recover = async (saleId: string) => {
    const sale = await ledger.find(saleId);
    await recoverGate({ ledger, opening: gate, clock, telemetry: silent }, saleId, sale?.epoch ?? 0);
    await keeper.resync({ missed: true });
  };
  const openSale = async (over: Partial<SalePlan> & { items?: number; stock?: number } = {}) => {
    const { items = 5, stock = 1, ...plan } = over;
    const id = plan.id ?? `x-${uuidv7()}`;
    const nowMs = clock.nowMs();
    const window = { opensAtMs: nowMs - 1, closesAtMs: nowMs + 60_000, settleUntilMs: nowMs + 120_000 };
    const catalogue = generatedCatalogue(id, items).map((entry) => ({ ...entry, stock }));
    await ledger.schedule({ id, limitPerUser: 10, ...window, ...plan }, catalogue);
    await recover(id);
    return id;
  };
  /** Judges every page that waits. */
  const settle = async () => {
    for (const page of queue.pages.splice(0)) await settlePage({ ledger, holds: gate, clock, telemetry: silent }, page);
  };
  return {
    url,
    /** Of every route, as Express spells them. */
    paths: app.router.stack.flatMap(({ route }) => route?.path ?? []),
    server,
    clock,
    ledger,
    gate,
    queue,
    board,
    keeper,
    statuses,
    verdicts,
    streams,
    saleEvents,
    errors,
    openSale,
    recover,
    settle,
    stop: () => {
      streams.close();
      return close(server);
    },
  };
}

export type Shop = Awaited<ReturnType<typeof openShop>>;

export interface Reply {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  // biome-ignore lint/suspicious/noExplicitAny: what a test expects of a body says its type
  readonly body: any;
}

/** One request; `body` as it is when a string, else as JSON. Rejects where the answer is not as the document says. */
export function ask(
  url: string,
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body?: unknown,
): Promise<Reply> {
  const text = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
  const type =
    text === undefined ? {} : { "content-type": "application/json", "content-length": String(Buffer.byteLength(text)) };
  return new Promise((resolve, reject) => {
    const request = http.request(
      `${url}${path}`,
      { method, headers: { ...type, ...headers }, agent: false },
      (response) => {
        let received = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => {
          received += chunk;
        });
        response.on("end", () => {
          const json = method !== "HEAD" && /json/.test(response.headers["content-type"] ?? "");
          const reply = {
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: json ? JSON.parse(received) : received,
          };
          const fault = faultOf(method, path, reply);
          if (fault) reject(new Error(fault));
          else resolve(reply);
        });
      },
    );
    request.on("error", reject);
    request.end(text);
  });
}

/** The bytes that come back for these bytes, until the server closes the connection. */
export function rawAsk(url: string, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = "";
    const socket = net.connect(Number(new URL(url).port), "127.0.0.1", () => socket.write(text));
    socket.on("data", (chunk) => {
      received += String(chunk);
    });
    socket.on("close", () => resolve(received));
    socket.on("error", reject);
  });
}
