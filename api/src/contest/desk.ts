import {
  type AttemptRecording,
  phaseOf,
  type ReserveParts,
  type SaleBoard,
  type SaleLedger,
  type SaleView,
} from "@flashgate/core";
import type { Request } from "express";
import type { AttemptLog } from "../attempt-log.ts";
import type { StatusReader } from "../status-reader.ts";
import type { Verdicts } from "../verdicts.ts";
import type { ContestAnswer } from "./answers.ts";
import type { CartTurns } from "./cart-turns.ts";
import type { CodeSeal } from "./code-seal.ts";

/** What the contest's routes need beside what our own have. */
export interface ContestDesk {
  readonly codes: CodeSeal;
  readonly turns: CartTurns;
  readonly sales: Pick<SaleLedger, "scheduleApart">;
  /** What the sales made here keep of attempts. */
  readonly recording: AttemptRecording;
  /** Puts a sale on the board of this process. */
  readonly learn: (saleId: string) => Promise<void>;
  /** Whether what the contest calls `database` and `redis` answers. */
  readonly isUp: Readonly<Record<"database" | "redis", () => Promise<boolean>>>;
  readonly metrics: {
    purchased(): void;
    page(): Promise<{ readonly type: string; readonly text: string }>;
  };
}

export interface ContestParts extends ReserveParts {
  readonly board: SaleBoard;
  readonly statuses: StatusReader;
  readonly verdicts: Verdicts;
  /** Null where refused attempts are not recorded. */
  readonly attempts: AttemptLog | null;
  readonly contest: ContestDesk;
}

export type ContestHandler = (request: Request, abandoned: () => boolean) => Promise<ContestAnswer> | ContestAnswer;

/** The sale that runs now, which is the one that `POST /checkout` sells from: this hour's, else the latest. */
export function activeSale(board: SaleBoard, nowMs: number): SaleView | null {
  const view = board.current(nowMs);
  return view && isActive(view, nowMs) ? view : null;
}

export function isActive({ sale }: SaleView, nowMs: number): boolean {
  const phase = phaseOf(sale, nowMs);
  return phase === "open" || phase === "paused";
}
