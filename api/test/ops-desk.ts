import { createLogger, createRegistry, readOpsAccess, startOpsServer } from "@flashgate/monitoring";
import { v7 as uuidv7 } from "uuid";
import { createAdminApp, createAdminRoutes } from "../src/admin/admin-app.ts";
import type { AdminChange } from "../src/admin/routes.ts";
import { OPEN_ACCESS, type Shop } from "./shop.ts";

export const TOKEN = "t".repeat(32);
export const BEARER = { authorization: `Bearer ${TOKEN}` };

/** The ops port of a shop's api, and the changes that were asked for there. */
export async function openOpsDesk({ ledger, gate, queue, clock, errors }: Shop) {
  const changes: AdminChange[] = [];
  const parts = {
    ...OPEN_ACCESS,
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
    routes: [createAdminRoutes(parts)],
  });
  /** Of every route, as Express spells them. */
  const paths = createAdminApp(parts).router.stack.flatMap(({ route }) => route?.path ?? []);
  return { url, close, changes, paths };
}

export type OpsDesk = Awaited<ReturnType<typeof openOpsDesk>>;
