import type { ConsoleDesk } from "../console/console-desk.ts";
import type { DemoCrowd } from "../console/demo-crowd.ts";
import { consoleView, crowdView } from "../console/views.ts";
import { consoleQuery, queryOf } from "../list-query.ts";
import { sendPrivate } from "../responses.ts";
import type { Handler } from "../routes/route.ts";
import { type AdminParts, told } from "./routes.ts";

/** What the console's routes are served with. */
export interface ConsoleParts {
  readonly desk: Pick<ConsoleDesk, "look">;
  /** Null where no demonstration may be given. */
  readonly crowd: DemoCrowd | null;
}

/** Stands in the audit log where the sale is still to be made. */
const NEW_SALE = "new";

/** `GET /v1/admin/console`: all that the console shows of a sale, at once. */
export function readConsole({ desk }: ConsoleParts): Handler {
  return async (request, response) => {
    const parsed = queryOf(consoleQuery, request);
    if (parsed.kind !== "query") return parsed;
    const reading = await desk.look(parsed.query.sale);
    return reading ? void sendPrivate(response, consoleView(reading)) : { kind: "not_found", what: "sale" };
  };
}

/** `POST /v1/admin/crowd`: a sale of its own, and a crowd for it. */
export function sendCrowd(parts: AdminParts): Handler {
  return (_request, response) => {
    const { crowd } = parts.console;
    if (!crowd) return { kind: "not_found", what: "route" };
    const reading = crowd.send();
    told(parts, response, { action: "send_crowd", saleId: reading.saleId ?? NEW_SALE, outcome: reading.state });
    return void sendPrivate(response, crowdView(reading));
  };
}
