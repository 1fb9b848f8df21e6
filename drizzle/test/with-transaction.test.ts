import type { PoolClient } from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { StaleRead, sqlStateOf } from "../src/sql-state.ts";
import { commit, rollback, withTransaction } from "../src/transaction.ts";
import { createLedgerDatabase, type LedgerDatabase } from "./database.ts";

describe("withTransaction", () => {
  let database: LedgerDatabase;
  beforeAll(async () => {
    database = await createLedgerDatabase({ max: 2 });
    await database.pool.query("CREATE TABLE marks (mark text PRIMARY KEY)");
  });
  beforeEach(() => database.pool.query("TRUNCATE marks"));
  afterEach(() => vi.restoreAllMocks());
  afterAll(() => database.dispose());

  const mark = (client: PoolClient, name: string) => client.query("INSERT INTO marks VALUES ($1)", [name]);
  const marks = async () =>
    (await database.pool.query("SELECT mark FROM marks ORDER BY mark")).rows.map((row) => row.mark);
  /** Every slot of the pool can still be had at once. */
  const expectAllSlotsFree = async () => {
    const clients = await Promise.all([database.pool.connect(), database.pool.connect()]);
    for (const client of clients) client.release();
    expect(database.pool.idleCount).toBe(2);
  };

  it("commits or rolls back as it is told, and returns the value", async () => {
    const { pool } = database;
    expect(await withTransaction(pool, async (client) => commit(await mark(client, "kept")))).toMatchObject({
      rowCount: 1,
    });
    expect(await withTransaction(pool, async (client) => rollback((await mark(client, "dropped")).rowCount))).toBe(1);
    expect(await marks()).toEqual(["kept"]);
    await expectAllSlotsFree();
  });

  it("rolls back what throws, and throws it as it is", async () => {
    const failure = new Error("no");
    const attempt = vi.fn(async (client: PoolClient) => {
      await mark(client, "dropped");
      throw failure;
    });
    await expect(withTransaction(database.pool, attempt)).rejects.toBe(failure);
    expect(attempt).toHaveBeenCalledTimes(1);
    expect(await marks()).toEqual([]);
    await expectAllSlotsFree();
  });

  it("returns the connection when BEGIN fails", async () => {
    const clients = await Promise.all([database.pool.connect(), database.pool.connect()]);
    for (const client of clients) {
      vi.spyOn(client, "query").mockImplementationOnce(() => Promise.reject(new Error("BEGIN failed")));
      client.release();
    }
    const begun = clients.map(() => withTransaction(database.pool, async () => commit("never")));
    for (const { status } of await Promise.allSettled(begun)) expect(status).toBe("rejected");
    await expectAllSlotsFree();
    expect(await withTransaction(database.pool, async () => commit("fine"))).toBe("fine");
  });

  it("throws a connection away that dies or cannot roll back, and gets another", async () => {
    const kill = (client: PoolClient) => client.query("SELECT pg_terminate_backend(pg_backend_pid())");
    await expect(withTransaction(database.pool, async (client) => commit(await kill(client)))).rejects.toThrow();
    const broken = withTransaction(database.pool, async (client) => {
      await mark(client, "dropped");
      vi.spyOn(client, "query").mockImplementation(() => Promise.reject(new Error("gone")));
      return commit("never");
    });
    await expect(broken).rejects.toThrow("gone");
    expect(await marks()).toEqual([]);
    await expectAllSlotsFree();
  });

  it("tries again after a stale read, a bounded number of times", async () => {
    const always = vi.fn(async (client: PoolClient) => {
      await mark(client, "dropped");
      throw new StaleRead("changed");
    });
    await expect(withTransaction(database.pool, always)).rejects.toThrow("changed");
    expect(always).toHaveBeenCalledTimes(6);

    let attempts = 0;
    const once = async (client: PoolClient) => {
      await mark(client, `attempt ${++attempts}`);
      if (attempts === 1) throw new StaleRead("changed");
      return commit(attempts);
    };
    expect(await withTransaction(database.pool, once)).toBe(2);
    expect(await marks()).toEqual(["attempt 2"]);
  });

  it("resolves a deadlock by trying its victim again", async () => {
    const bothHaveOne = barrier(2);
    const lockBoth = (first: number, second: number) => {
      let attempts = 0;
      return withTransaction(database.pool, async (client) => {
        await client.query("SELECT pg_advisory_xact_lock($1)", [first]);
        if (++attempts === 1) await bothHaveOne();
        await client.query("SELECT pg_advisory_xact_lock($1)", [second]);
        return commit(attempts);
      });
    };
    const attempts = await Promise.all([lockBoth(1, 2), lockBoth(2, 1)]);
    expect(attempts.sort()).toEqual([1, 2]);
  });

  it("does not try anything else again", async () => {
    const twice = vi.fn(async (client: PoolClient) => {
      await mark(client, "same");
      return commit(await mark(client, "same"));
    });
    const error = await withTransaction(database.pool, twice).catch((thrown: unknown) => thrown);
    expect(sqlStateOf(error)).toBe("23505");
    expect(twice).toHaveBeenCalledTimes(1);
  });

  it("shows a snapshot one instant, and lets it write nothing", async () => {
    const seen = await withTransaction(
      database.pool,
      async (client) => {
        const count = async () => (await client.query("SELECT count(*)::int AS count FROM marks")).rows[0].count;
        const before = await count();
        await database.pool.query("INSERT INTO marks VALUES ('meanwhile')");
        return commit([before, await count()]);
      },
      "snapshot",
    );
    expect(seen).toEqual([0, 0]);
    const written = withTransaction(database.pool, async (client) => commit(await mark(client, "no")), "snapshot");
    await expect(written).rejects.toThrow("read-only");
  });
});

describe("sqlStateOf", () => {
  it("finds the server's code wherever it was wrapped", () => {
    const server = Object.assign(new Error("deadlock"), { code: "40P01" });
    expect(sqlStateOf(server)).toBe("40P01");
    expect(sqlStateOf(new Error("failed query", { cause: server }))).toBe("40P01");
    expect(sqlStateOf(Object.assign(new Error("refused"), { code: "ECONNREFUSED" }))).toBeNull();
    expect(sqlStateOf("text")).toBeNull();
  });
});

/** Resolves for everybody once `parties` have come. */
function barrier(parties: number): () => Promise<void> {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  let arrived = 0;
  return () => {
    if (++arrived === parties) open();
    return opened;
  };
}
