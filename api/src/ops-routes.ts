import type { GateReader } from "@flashgate/core";
import { createAdminRoutes, OPEN_TO_HOLDERS } from "./admin/admin-app.ts";
import type { AdminChange, AdminParts } from "./admin/routes.ts";
import { ConsoleDesk, type ConsoleDeskParts } from "./console/console-desk.ts";
import { type ConsolePageParts, createConsolePage } from "./console/console-page.ts";
import type { ServeParts } from "./dispatch.ts";
import { createIds } from "./ids.ts";
import { createQueueBoard, type QueueBoardParts, type QueueChange } from "./queue-board/queue-board.ts";
import { SharedQueues } from "./queue-board/shared-queues.ts";

export interface OpsRoutesParts
  extends Pick<AdminParts, "ledger" | "queue" | "clock" | "telemetry" | "recording">,
    Pick<ServeParts, "observe" | "tracing" | "random" | "stopping"> {
  readonly gate: Pick<AdminParts, "holds" | "opening"> & {
    readonly reader: GateReader;
    readonly admits: ConsoleDeskParts["opening"]["isOpen"];
  };
  readonly lines: {
    opsChanged(change: AdminChange): void;
    queueChanged(change: QueueChange): void;
    requestFailed(requestId: string, error: unknown): void;
  };
  readonly board: Pick<QueueBoardParts, "open" | "writable" | "basePath">;
  readonly console: Pick<ConsoleDeskParts, "progress" | "tally" | "crowd" | "looking" | "grafanaUrl"> &
    Pick<ConsolePageParts, "page">;
}

/** What operators are served on an api's ops port: the console, the routes that it and they use, and the queues. */
export function createOpsRoutes(parts: OpsRoutesParts) {
  const { recording, ledger, queue, clock, telemetry, gate, observe, tracing, lines, stopping, random } = parts;
  const ids = createIds();
  const { requestId } = ids;
  const onError = (error: unknown, id: string) => lines.requestFailed(id, error);
  const queues = new SharedQueues(parts.board.open);
  const desk = new ConsoleDesk({
    ...parts.console,
    ledger,
    clock,
    gate: gate.reader,
    opening: { isOpen: gate.admits },
    queue: queues,
  });
  const admin = createAdminRoutes({
    ...OPEN_TO_HOLDERS,
    recording,
    ledger,
    queue,
    clock,
    telemetry,
    ids,
    holds: gate.holds,
    opening: gate.opening,
    gate: gate.reader,
    console: { desk, crowd: parts.console.crowd },
    onChange: (change) => lines.opsChanged(change),
    observe,
    tracing,
    stopping,
    random,
    requestId,
    onError,
  });
  const board = createQueueBoard({
    ...parts.board,
    open: () => queues.open(),
    onChange: (change) => lines.queueChanged(change),
    random,
    requestId,
    onError,
  });
  const { basePath } = parts.board;
  const page = createConsolePage({ page: parts.console.page, basePath, random, requestId });
  return { routes: [page, admin, board], queues };
}
