import { hostname } from "node:os";
import { describe, expect, inject, it, vi } from "vitest";
import { createPool } from "../src/index.ts";

describe("createPool", () => {
  const open = (onError: (error: Error) => void) => {
    return createPool({
      url: inject("databaseUrl"),
      max: 2,
      applicationName: "flashgate-pool-test",
      onError,
      statementTimeoutMs: 700,
      lockTimeoutMs: 600,
      idleInTransactionTimeoutMs: 500,
    });
  };

  it("bounds every wait", async () => {
    const pool = open(() => undefined);
    const setting = async (name: string) =>
      (await pool.query("SELECT current_setting($1) AS value", [name])).rows[0].value;
    expect(await setting("statement_timeout")).toBe("700ms");
    expect(await setting("lock_timeout")).toBe("600ms");
    expect(await setting("idle_in_transaction_session_timeout")).toBe("500ms");
    expect(await setting("application_name")).toBe(`flashgate-pool-test ${process.pid}@${hostname()}`);
    await expect(pool.query("SELECT pg_sleep(60)")).rejects.toThrow("statement timeout");
    await pool.end();
  });

  it("reports a connection that is lost between two statements, and goes on", async () => {
    const onError = vi.fn();
    const pool = open(onError);
    const client = await pool.connect();
    const { rows } = await client.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
    const lost = new Promise((resolve) => client.once("end", resolve));
    await pool.query("SELECT pg_terminate_backend($1)", [rows[0]?.pid]);
    await lost;
    client.release();
    expect(onError).toHaveBeenCalled();
    expect((await pool.query("SELECT 1 AS one")).rows).toEqual([{ one: 1 }]);
    await pool.end();
  });
});
