import type { TelemetryEvent } from "@flashgate/core";
import type { Logger } from "pino";
import { Bursts } from "./bursts.ts";
import { briefOf, originOf } from "./error-fields.ts";
import type { Fault, FaultCounts } from "./faults.ts";
import { writtenToTheEnd } from "./last-line.ts";

type EventOf<Kind extends TelemetryEvent["kind"]> = Extract<TelemetryEvent, { kind: Kind }>;

/** Something an operator did. `holder` names the token it was done with, never the token. */
export interface OpsChange {
  readonly holder: string;
  readonly action: string;
  readonly saleId: string;
  /** Where it was one checkout that was changed. */
  readonly checkoutId?: string;
  readonly outcome: string;
}

/** A request that was answered, under the names that its line has. What is not known is left out. */
export interface RequestFields {
  readonly request_id: string;
  readonly trace_id?: string | undefined;
  readonly sale_id?: string | undefined;
  readonly checkout_id?: string | undefined;
  readonly user_hash?: string | undefined;
  readonly outcome: string;
  readonly gate_ms?: number | undefined;
  /** The pattern that it matched, never its path. */
  readonly route: string;
  readonly method: string;
  readonly status: number;
  readonly duration_ms: number;
  /** Requests of the same outcome since the last line that had none. */
  readonly left_out?: number | undefined;
}

/** What an operator asked of a queue, and how it was answered in HTTP. */
export interface QueueChange {
  readonly holder: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
}

/** Words every line of the logs: what is written, at which level, under which fields. */
export class LogLines {
  readonly #logger: Logger;
  readonly #audit: Logger;
  readonly #faults: FaultCounts | null;
  readonly #bursts = new Bursts();

  /** `faults`: where those that come in bursts are counted. */
  constructor(logger: Logger, faults: FaultCounts | null = null) {
    this.#logger = logger;
    this.#audit = logger.child({ audit: true }, { level: "info" });
    this.#faults = faults;
  }

  saleScheduled({ saleId }: EventOf<"sale_scheduled">): void {
    this.#logger.info({ sale_id: saleId }, "sale scheduled");
  }

  gateOpened({ saleId, epoch, adopted, tookMs }: EventOf<"gate_opened">): void {
    this.#logger.info({ sale_id: saleId, epoch, adopted, duration_ms: tookMs }, "gate opened");
  }

  holdsSwept({ saleId, finalised, paged, expired }: EventOf<"swept">): void {
    this.#logger.info({ sale_id: saleId, finalised, paged, expired }, "holds swept");
  }

  saleClosed({ saleId }: EventOf<"sale_closed">): void {
    this.#logger.info({ sale_id: saleId }, "sale closed");
  }

  gateRetired({ saleId }: EventOf<"gate_retired">): void {
    this.#logger.debug({ sale_id: saleId }, "gate retired");
  }

  saleRemoval({ kind, saleId }: EventOf<"sale_removal_begun" | "sale_removed">): void {
    const message = kind === "sale_removed" ? "sale removed" : "sale is past its retention: its rows are removed";
    this.#logger.info({ sale_id: saleId }, message);
  }

  checkoutPoisoned({ saleId, checkoutId, error }: EventOf<"checkout_poisoned">): void {
    const fields = { sale_id: saleId, checkout_id: checkoutId, err: error };
    this.#logger.error(fields, "checkout could not be judged; it keeps its hold");
  }

  deadLetter({ saleId, checkoutId, tries, cause }: EventOf<"dead_letter">): void {
    const fields = { sale_id: saleId, checkout_id: checkoutId, tries, cause };
    this.#logger.error(fields, "dead letter: the checkout keeps its hold until somebody retries it or gives it up");
  }

  holdUnreadable({ saleId, checkoutId }: EventOf<"hold_unreadable">): void {
    const fields = { sale_id: saleId, checkout_id: checkoutId };
    const message = "hold_unreadable: left out of everything; a recovery of the gate gives back its units";
    const more = (times: number) => this.#logger.error({ ...fields, times }, message);
    this.#bursts.note(`hold_unreadable ${checkoutId}`, () => this.#logger.error(fields, message), more);
  }

  /** A page was taken from the queue and failed as a whole. */
  pageFailed(error: unknown): void {
    this.#fault("page_failed", "warn", {}, error, "page failed; it is delivered again");
  }

  pageNotEnqueued(saleId: string, error: unknown): void {
    const message = "page may not be enqueued; the sweep pages its holds again";
    this.#fault("page_not_enqueued", "warn", { sale_id: saleId }, error, message);
  }

  dutyFailed(duty: string, error: unknown): void {
    this.#fault("duty_failed", "error", { duty }, error, "duty failed; it is tried again at its next beat");
  }

  requestFailed(requestId: string, error: unknown): void {
    this.#fault("request_failed", "error", { request_id: requestId }, error, "request failed");
  }

  /** A request was answered: refused ones each, accepted ones now and then. */
  requestAnswered(fields: RequestFields, kind: "accepted" | "refused" | "failed"): void {
    const level = kind === "failed" ? "warn" : "info";
    this.#logger[level](fields, `request ${kind === "failed" ? "could not be served" : kind}`);
  }

  /** The process ends at these points on purpose. */
  failpointsArmed(names: readonly string[]): void {
    this.#logger.warn({ failpoints: names }, "failpoints are armed: this process kills itself when it comes to one");
  }

  pageAbsent(page: string): void {
    this.#logger.warn({ page }, "the page was not built and is not served: npm run build");
  }

  apiListening(url: string): void {
    this.#logger.info({ url }, "api answers");
  }

  attemptsDropped(attempts: number, error: unknown): void {
    this.#fault("attempts_dropped", "warn", { attempts }, error, "refused attempts could not be recorded");
  }

  boardStale(error: unknown): void {
    const message = "the sale board could not be brought up to date; it is read again soon";
    this.#fault("board_stale", "warn", {}, error, message);
  }

  connectionLost(dependency: string, error: unknown): void {
    const message = "connection lost; the next call gets another one";
    this.#fault("connection_lost", "warn", { dependency }, error, message);
  }

  /** A collector did not take spans. */
  tracesLost(error: unknown): void {
    this.#fault("traces_lost", "warn", {}, error, "spans could not be sent; they are lost");
  }

  /** The process starts, and what it cannot start without does not answer yet. */
  waitingFor(dependency: string, leftMs: number, error: unknown): void {
    const fields = { dependency, left_ms: leftMs, cause: briefOf(error) };
    this.#logger.warn(fields, `waiting for ${dependency}, which does not answer yet`);
  }

  waitedFor(dependency: string, waitedMs: number): void {
    this.#logger.info({ dependency, duration_ms: waitedMs }, `${dependency} answers now`);
  }

  dependencyDown(dependency: string, critical: boolean, error: unknown): void {
    this.#logger.warn({ dependency, critical, err: error }, "dependency is down");
  }

  dependencyUp(dependency: string, critical: boolean): void {
    this.#logger.info({ dependency, critical }, "dependency is up again");
  }

  opsListening(url: string): void {
    this.#logger.info({ url }, "ops server listens");
  }

  /** The audit of the ops port: every change asked for there, by whom, and what came of it. Written at any log level. */
  opsChanged(change: OpsChange): void {
    const { holder, action, saleId, checkoutId, outcome } = change;
    const fields = { holder, action, sale_id: saleId, checkout_id: checkoutId, outcome };
    this.#audit.info(fields, "changed through the ops port");
  }

  /** Somebody changed a queue on its board, or tried to. Written at any log level. */
  queueChanged({ holder, method, path, status }: QueueChange): void {
    this.#audit.info({ holder, method, path, status }, "changed through the queue board");
  }

  /** A browser was let in. Written at any log level, as is who was not. */
  opsSignedIn(holder: string, address: string): void {
    this.#audit.info({ holder, address }, "signed in to the ops port");
  }

  opsSignInRefused(address: string): void {
    this.#audit.warn({ address }, "sign-in to the ops port refused: not the token");
  }

  /** `step`: the path that was asked for, or `accept`. */
  opsFault(step: string, error: unknown): void {
    this.#logger.error({ step, err: error }, "ops server failed");
  }

  /** The process stops; `boundMs`: how long it may take to. */
  draining(boundMs: number): void {
    this.#logger.info({ bound_ms: boundMs }, "stopping");
  }

  drainStepFailed(step: string, error: unknown): void {
    this.#logger.warn({ step, err: error }, "a step of stopping failed; the next ones follow");
  }

  /** The process is about to be ended before it has stopped. */
  drainLate(step: string, boundMs: number): void {
    this.#logger.error({ step, bound_ms: boundMs }, "not stopped in time; what is under way is cut off");
  }

  drained(durationMs: number): Promise<void> {
    return writtenToTheEnd(this.#logger, "info", () => this.#logger.info({ duration_ms: durationMs }, "stopped"));
  }

  /** Jobs wait and none is done: the process ends to be started again. */
  queueStuck(quietMs: number, waiting: number): Promise<void> {
    const fields = { quiet_ms: quietMs, waiting };
    const message = "queue does not move though jobs wait: stopping, to be started again";
    return writtenToTheEnd(this.#logger, "fatal", () => this.#logger.fatal(fields, message));
  }

  /** The process ends because of it. */
  unhandledError(error: unknown): void {
    this.#logger.fatal({ err: error }, "stopping after an error that nobody handled");
  }

  /** In full where it is the first of its kind for a while, else counted and told of now and then. */
  #fault(fault: Fault, level: "warn" | "error", fields: object, error: unknown, message: string): void {
    if (this.#faults) this.#faults[fault].count += 1;
    this.#bursts.note(
      `${fault} ${originOf(error)}`,
      () => this.#logger[level]({ fault, ...fields, err: error }, message),
      (times) => this.#logger[level]({ fault, times, cause: briefOf(error) }, `${message} (${times} more times)`),
    );
  }
}
