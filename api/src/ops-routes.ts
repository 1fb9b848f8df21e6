import { createAdminRoutes, OPEN_TO_HOLDERS } from "./admin/admin-app.ts";
import type { AdminChange, AdminParts } from "./admin/routes.ts";
import type { ServeParts } from "./dispatch.ts";
import { createIds } from "./ids.ts";
import { createQueueBoard, type QueueBoardParts, type QueueChange } from "./queue-board/queue-board.ts";

export interface OpsRoutesParts
  extends Pick<AdminParts, "ledger" | "queue" | "clock" | "telemetry" | "recording">,
    Pick<ServeParts, "observe" | "tracing" | "random" | "stopping"> {
  readonly gate: Pick<AdminParts, "holds" | "opening"> & { readonly reader: AdminParts["gate"] };
  readonly lines: {
    opsChanged(change: AdminChange): void;
    queueChanged(change: QueueChange): void;
    requestFailed(requestId: string, error: unknown): void;
  };
  readonly board: Pick<QueueBoardParts, "open" | "writable" | "basePath">;
}

/** What operators are served on an api's ops port: their routes, and the queues. */
export function createOpsRoutes(parts: OpsRoutesParts) {
  const { recording, ledger, queue, clock, telemetry, gate, observe, tracing, lines, stopping, random } = parts;
  const ids = createIds();
  const { requestId } = ids;
  const onError = (error: unknown, id: string) => lines.requestFailed(id, error);
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
    onChange: (change) => lines.queueChanged(change),
    random,
    requestId,
    onError,
  });
  return { admin, board };
}
