import { drizzle, type NodePgDatabase } from "drizzle-orm/node-postgres";
import type { Pool, PoolClient } from "pg";
import { auditStatements } from "./audit-statements.ts";
import { deadLetterStatements } from "./dead-letter-statements.ts";
import { entryStatements } from "./entry-statements.ts";
import { heldStatements } from "./held-statements.ts";
import { historyStatements } from "./history-statements.ts";
import { orderStatements } from "./order-statements.ts";
import { progressStatements } from "./progress-statements.ts";
import { recordStatements } from "./record-statements.ts";
import { removalStatements } from "./removal-statements.ts";
import { saleStatements } from "./sale-statements.ts";
import { stockStatements } from "./stock-statements.ts";

/** Every statement of the ledger, named: the server parses and plans each once a connection. */
export function prepareStatements(db: NodePgDatabase) {
  return {
    ...saleStatements(db),
    ...stockStatements(db),
    ...entryStatements(db),
    ...heldStatements(db),
    ...recordStatements(db),
    ...orderStatements(db),
    ...auditStatements(db),
    ...historyStatements(db),
    ...progressStatements(db),
    ...deadLetterStatements(db),
    ...removalStatements(db),
  };
}

export type Statements = ReturnType<typeof prepareStatements>;

/** What the ledger sends, by name: for whoever looks at plans, and runs none of it. */
export function statementTexts(pool: Pool): Readonly<Record<keyof Statements, string>> {
  const named = Object.entries(prepareStatements(drizzle(pool))).map(([name, statement]) => [
    name,
    statement.getQuery().sql,
  ]);
  return Object.fromEntries(named) as Record<keyof Statements, string>;
}

const prepared = new WeakMap<Pool | PoolClient, Statements>();

/**
 * The statements of one connection, built once; of a pool for those that are a transaction by themselves, which then run
 * on any of its connections.
 */
export function statementsOf(client: Pool | PoolClient): Statements {
  let statements = prepared.get(client);
  if (!statements) {
    statements = prepareStatements(drizzle(client));
    prepared.set(client, statements);
  }
  return statements;
}
