import { hostname } from "node:os";
import pg from "pg";

export interface PoolOptions {
  readonly url: string;
  /** Connections at most. */
  readonly max: number;
  /** Shown by the server beside each connection, followed by which process of which machine it is of. */
  readonly applicationName: string;
  /** A connection was lost outside a call; the next call gets another one. */
  readonly onError: (error: Error) => void;
  /** Bound of one statement, lock waits included. */
  readonly statementTimeoutMs?: number;
  /** Bound of waiting for one lock; shorter than a statement's, so that the error says what it waited for. */
  readonly lockTimeoutMs?: number;
  /** Bound of a silence within a transaction: a frozen process must not keep its locks. */
  readonly idleInTransactionTimeoutMs?: number;
  /** Bound of getting a connection, new or free. */
  readonly connectTimeoutMs?: number;
}

/** How long past the server's own timeout an answer may take before the connection counts as dead. */
const ANSWER_GRACE_MS = 2_000;

/** A pool of connections with every wait bounded. The caller ends it. */
export function createPool(options: PoolOptions): pg.Pool {
  const statementTimeoutMs = options.statementTimeoutMs ?? 10_000;
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.max,
    application_name: `${options.applicationName} ${process.pid}@${hostname()}`,
    // One stays where all are idle: a process is known by it, and its next call need not wait for another.
    min: 1,
    connectionTimeoutMillis: options.connectTimeoutMs ?? 3_000,
    statement_timeout: statementTimeoutMs,
    query_timeout: statementTimeoutMs + ANSWER_GRACE_MS,
    lock_timeout: options.lockTimeoutMs ?? 5_000,
    idle_in_transaction_session_timeout: options.idleInTransactionTimeoutMs ?? 10_000,
    keepAlive: true,
  });
  const report = (error: Error) => {
    if (!pool.ending) options.onError(error);
  };
  // Also between two statements of a transaction, where nobody listens and the event would end the process.
  pool.on("connect", (client) => client.on("error", report));
  // The same errors of idle connections, once more.
  pool.on("error", () => undefined);
  return pool;
}
