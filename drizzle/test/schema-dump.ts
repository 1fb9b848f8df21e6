import type { Pool } from "pg";

/**
 * The ledger's schema as the server understands it: tables with their options, columns, constraints and indexes, and the
 * views in `public`.
 */
export async function dumpSchema(pool: Pool): Promise<string> {
  const { rows: tables } = await pool.query<{ oid: number; name: string; options: string | null }>(
    `SELECT oid::int, relname AS name, array_to_string(reloptions, ', ') AS options FROM pg_class
     WHERE relnamespace = 'flashgate'::regnamespace AND relkind = 'r' ORDER BY relname`,
  );
  const parts: string[] = [];
  for (const { oid, name, options } of tables) {
    const lines = async (text: string) =>
      (await pool.query<{ line: string }>(text, [oid])).rows.map(({ line }) => line);
    const columns = await lines(
      `SELECT concat_ws(' ', attname, format_type(atttypid, atttypmod),
         CASE WHEN attcollation <> typcollation THEN (SELECT 'collate ' || collname FROM pg_collation c WHERE c.oid = attcollation) END,
         CASE WHEN attnotnull THEN 'not null' END, 'default ' || pg_get_expr(adbin, adrelid)) AS line
       FROM pg_attribute JOIN pg_type t ON t.oid = atttypid
       LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
       WHERE attrelid = $1 AND attnum > 0 AND NOT attisdropped ORDER BY attnum`,
    );
    const constraints = await lines(
      `SELECT conname || ' ' || pg_get_constraintdef(oid) AS line FROM pg_constraint
       WHERE conrelid = $1 AND contype <> 'n' ORDER BY conname`,
    );
    const indexes = await lines(
      `SELECT pg_get_indexdef(indexrelid) AS line FROM pg_index WHERE indrelid = $1
       ORDER BY indexrelid::regclass::text`,
    );
    const body = [...columns, ...constraints, ...indexes].map((line) => `  ${line}`);
    parts.push([`${name}${options ? ` (${options})` : ""}`, ...body, ""].join("\n"));
  }
  const { rows: views } = await pool.query<{ name: string; definition: string }>(
    `SELECT schemaname || '.' || viewname AS name, definition FROM pg_views WHERE schemaname = 'public' ORDER BY viewname`,
  );
  for (const { name, definition } of views) parts.push(`${name}\n ${definition}\n`);
  return parts.join("\n");
}
