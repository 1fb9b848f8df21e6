import type { Ledger, ProgressLedger } from "@flashgate/core";
import { createLogger, createRegistry, inTime, readOpsAccess, startOpsServer } from "@flashgate/monitoring";
import { v7 as uuidv7 } from "uuid";
import { createAdminApp, createAdminRoutes } from "../src/admin/admin-app.ts";
import type { AdminChange } from "../src/admin/routes.ts";
import { AttemptTally } from "../src/console/attempt-tally.ts";
import { ConsoleDesk, type ConsoleDeskParts } from "../src/console/console-desk.ts";
import { type ConsolePageParts, createConsolePage } from "../src/console/console-page.ts";
import { OPEN_ACCESS, type Shop } from "./shop.ts";

export const TOKEN = "t".repeat(32);
export const BEARER = { authorization: `Bearer ${TOKEN}` };

/** The ops port of a shop's api, and the changes that were asked for there. */
export async function openOpsDesk(
  { ledger, gate, queue, clock, errors }: Shop,
  over: Partial<ConsoleDeskParts> & Partial<ConsolePageParts> = {},
) {
  const changes: AdminChange[] = [];
  const console: ConsoleDeskParts = {
    ledger,
    gate,
    opening: gate,
    clock,
    progress: memoryProgress(ledger),
    queue: { depth: async () => ({ waiting: 0, active: 0, delayed: 0, failed: 0, paused: false, oldestAtMs: null }) },
    tally: new AttemptTally(),
    crowd: null,
    looking: { clock: { nowMs: () => performance.now() }, inTime, faultLine: String },
    grafanaUrl: null,
    ...over,
  };
  const parts = {
    ...OPEN_ACCESS,
    console: { desk: new ConsoleDesk(console), crowd: console.crowd },
    ledger,
    gate,
    queue,
    clock,
    holds: gate,
    opening: gate,
    recording: "all" as const,
    telemetry: { emit: () => undefined },
    ids: { saleId: () => `x-${uuidv7()}` },
    onChange: (change: AdminChange) => changes.push(change),
    random: () => 0,
    requestId: () => "request-1",
    observe: () => undefined,
    onError: (error: unknown) => errors.push(error),
    stopping: () => false,
  };
  const { url, close } = await startOpsServer({
    host: "127.0.0.1",
    port: 0,
    registry: createRegistry({ service: "api" }),
    // who signs in is told at any level
    logger: createLogger({ service: "api", level: "silent", destination: { write: () => undefined } }),
    checks: [],
    access: readOpsAccess({ OPS_TOKEN: TOKEN }),
    routes: [
      createConsolePage({ page: null, basePath: "", random: () => 0, requestId: () => "request-1", ...over }),
      createAdminRoutes(parts),
    ],
  });
  /** Of every route, as Express spells them. */
  const paths = createAdminApp(parts).router.stack.flatMap(({ route }) => route?.path ?? []);
  return { url, close, changes, paths };
}

/** What is known of a sale in memory: no times, and no processes but ours. */
function memoryProgress(ledger: Pick<Ledger, "facts">): ProgressLedger {
  return {
    progress: async (saleId) => ({ checkouts: (await ledger.facts(saleId))?.verdicts ?? {}, lagMs: null }),
    history: async () => [],
    processes: async () => ({ api: 1 }),
  };
}

export type OpsDesk = Awaited<ReturnType<typeof openOpsDesk>>;
