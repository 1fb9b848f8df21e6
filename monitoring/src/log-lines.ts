import type { TelemetryEvent } from "@flashgate/core";
import type { Logger } from "pino";

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

/** Words every line of the logs: what is written, at which level, under which fields. */
export class LogLines {
  readonly #logger: Logger;
  readonly #audit: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
    this.#audit = logger.child({ audit: true }, { level: "info" });
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
    this.#logger.error(fields, "hold_unreadable: left out of everything; a recovery of the gate gives back its units");
  }

  /** A page was taken from the queue and failed as a whole. */
  pageFailed(error: unknown): void {
    this.#logger.warn({ err: error }, "page failed; it is delivered again");
  }

  pageNotEnqueued(saleId: string, error: unknown): void {
    this.#logger.warn({ sale_id: saleId, err: error }, "page may not be enqueued; the sweep pages its holds again");
  }

  dutyFailed(duty: string, error: unknown): void {
    this.#logger.error({ duty, err: error }, "duty failed; it is tried again at its next beat");
  }

  requestFailed(requestId: string, error: unknown): void {
    this.#logger.error({ request_id: requestId, err: error }, "request failed");
  }

  /** The process ends at these points on purpose. */
  failpointsArmed(names: readonly string[]): void {
    this.#logger.warn({ failpoints: names }, "failpoints are armed: this process kills itself when it comes to one");
  }

  apiListening(url: string): void {
    this.#logger.info({ url }, "api answers");
  }

  attemptsDropped(attempts: number, error: unknown): void {
    this.#logger.warn({ attempts, err: error }, "refused attempts could not be recorded");
  }

  boardStale(error: unknown): void {
    this.#logger.warn({ err: error }, "the sale board could not be brought up to date; it is read again soon");
  }

  connectionLost(dependency: string, error: unknown): void {
    this.#logger.warn({ dependency, err: error }, "connection lost; the next call gets another one");
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

  /** `step`: the path that was asked for, or `accept`. */
  opsFault(step: string, error: unknown): void {
    this.#logger.error({ step, err: error }, "ops server failed");
  }

  /** The process ends because of it. */
  unhandledError(error: unknown): void {
    this.#logger.fatal({ err: error }, "stopping after an error that nobody handled");
  }
}
