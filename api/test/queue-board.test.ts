import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { type Board, openBoard, operateQueue, type QueueUnderTest, SECRETS, TOKEN } from "./operated-queue.ts";
import { ask } from "./shop.ts";

const BEARER = { authorization: `Bearer ${TOKEN}` };
const API = "/queues/api/queues";
const STATES = ["latest", "active", "waiting", "waiting-children", "prioritized", "completed", "failed", "delayed"];

let under: QueueUnderTest;
beforeAll(async () => {
  under = await operateQueue();
  await under.fill();
});
afterAll(() => under?.stop());

async function openAt(...[parts]: [Parameters<typeof openBoard>[1]?]): Promise<Board> {
  const board = await openBoard(under.open, parts);
  onTestFinished(() => board.stop());
  return board;
}

const get = (board: Board, path: string) => ask(board.url, "GET", path, BEARER);
const jobsIn = async (board: Board, state: string) => {
  const { body } = await get(board, `${API}?activeQueue=pages&status=${state}&page=1&jobsPerPage=10`);
  return body.queues[0].jobs;
};
/** Every change that Bull Board knows. */
const changesOf = (id: string): readonly (readonly [method: string, path: string, allowed: boolean])[] => [
  ["PUT", `${API}/pages/pause`, false],
  ["PUT", `${API}/pause`, false],
  ["POST", `${API}/pages/add`, false],
  ["PATCH", `${API}/pages/${id}/update-data`, false],
  ["PUT", `${API}/pages/concurrency`, false],
  ["PUT", `${API}/pages/rate-limit`, false],
  ["PUT", `${API}/pages/rate-limit/release`, false],
  ["PUT", `${API}/pages/job-schedulers/x/remove`, false],
  ["PATCH", `${API}/pages/job-schedulers/x`, false],
  ["PUT", `${API}/resume`, true],
  ["PUT", `${API}/pages/resume`, true],
  ["PUT", `${API}/pages/retry/failed`, true],
  ["PUT", `${API}/pages/clean/failed`, true],
  ["PUT", `${API}/pages/promote`, true],
  ["PUT", `${API}/pages/empty`, true],
  ["PUT", `${API}/pages/obliterate`, false],
  ["PUT", `${API}/pages/${id}/retry`, true],
  ["PUT", `${API}/pages/${id}/clean`, true],
  ["PUT", `${API}/pages/${id}/promote`, true],
];

describe("the queues' board", () => {
  it("is for who was let in", async () => {
    const board = await openAt();
    for (const path of ["/queues", "/queues/", API, `${API}/pages/1`, "/queues/static/favicon-32x32.png"]) {
      expect((await ask(board.url, "GET", path)).status).toBe(401);
    }
    for (const [method, path] of changesOf("1")) expect((await ask(board.url, method, path)).status).toBe(401);
    expect(board.changes).toEqual([]);
  });

  it("is a page of its own scripts and styles", async () => {
    const board = await openAt();
    for (const path of ["/queues", "/queues/", "/queues/queue/pages"]) {
      const page = await get(board, path);
      expect(page.status).toBe(200);
      expect(page.body).toContain('<base href="/queues/"');
      expect(page.body).not.toMatch(/(?:src|href)=["']?(?:https?:)?\/\//);
      expect(page.headers).toMatchObject({ "cache-control": "no-store", "x-frame-options": "DENY" });
      expect(page.headers["content-security-policy"]).toMatch(/^default-src 'none'; script-src 'self'; /);
      expect(page.headers["x-powered-by"]).toBeUndefined();
    }
  });

  it("lives under the path that a proxy gives it", async () => {
    const board = await openAt({ env: { OPS_PUBLIC_URL: "https://ops.example.com/flashgate" } });
    const { body } = await get(board, "/queues/");
    expect(body).toContain('<base href="/flashgate/queues/"');
  });

  it("shows each job in its state: its sale, its checkouts, what went wrong", async () => {
    const board = await openAt();
    const [[active], waiting, [delayed], failed] = await Promise.all(
      ["active", "waiting", "delayed", "failed"].map((state) => jobsIn(board, state)),
    );
    const stored = await under.queue.getActive();
    expect(active).toMatchObject({ name: "page", data: stored[0]?.data });
    expect(waiting).toHaveLength(2);
    expect(delayed.data.checkoutIds).toHaveLength(7);
    expect(failed).toHaveLength(2);
    for (const job of failed) {
      expect(job.failedReason).toBe('Error: Failed query: insert into "flashgate"."checkouts" values ($1, $2, $3)');
      expect(job.stacktrace[0]).toMatch(/^Error: Error: Failed query: .*\n +at .*settlement-consumer/);
    }
    const edited = failed.find(({ name }: { name: string }) => name !== "page");
    expect(edited).toMatchObject({
      name: "[masked]",
      progress: 0,
      data: { saleId: "2026112512", epoch: 9, masked: 3 },
    });
  });

  it("shows nothing of shoppers, whatever is in a job, and needs no right but the queue's", async () => {
    const board = await openAt();
    const ids = (await under.queue.getJobs()).map(({ id }) => id);
    expect(ids).toHaveLength(6);
    const paths = [
      "/queues/",
      API,
      "/queues/api/job-schedulers",
      ...STATES.map((state) => `${API}?activeQueue=pages&status=${state}&page=1&jobsPerPage=10`),
      ...["metrics", "default-job-options", "rate-limit", "job-data-schema"].map((of) => `${API}/pages/${of}`),
      ...ids.flatMap((id) => ["", "/logs", "/flow"].map((of) => `${API}/pages/${id}${of}`)),
    ];
    for (const path of paths) {
      const reply = await get(board, path);
      expect([path, reply.status]).toEqual([path, 200]);
      const text = JSON.stringify(reply.body);
      for (const secret of SECRETS) expect(text).not.toContain(secret);
    }
    for (const path of ["/queues/api/redis/stats", `${API}/pages/workers`]) {
      expect((await get(board, path)).status).toBe(403);
    }
  });

  it("answers 404 to what is not there", async () => {
    const board = await openAt();
    const [job] = await under.queue.getWaiting();
    for (const path of [`${API}/other/${job?.id}`, `${API}/other/metrics`, `${API}/pages/999`]) {
      expect([path, (await get(board, path)).status]).toEqual([path, 404]);
    }
    const nowhere = await get(board, "/queues/nowhere/at/all");
    expect([nowhere.status, nowhere.body.code]).toEqual([404, "route_not_found"]);
    expect((await get(board, "/queues/queue/%E0%A4%A")).status).toBe(400);
  });

  it("changes nothing, and tells who tried", async () => {
    const board = await openAt();
    const before = await under.queue.getJobCounts();
    const [failed] = await under.queue.getFailed();
    for (const [method, path] of [...changesOf(String(failed?.id)), ["DELETE", "/queues/"] as const]) {
      const reply = await ask(board.url, method, path, BEARER, method === "DELETE" ? undefined : {});
      expect([path, reply.status, reply.headers["allow"]]).toEqual([path, 405, "GET, HEAD"]);
      const holder = expect.stringMatching(/^ops:[0-9a-f]{8}$/);
      expect(board.changes.at(-1)).toEqual({ holder, method, path, status: 405 });
    }
    expect(await under.queue.getJobCounts()).toEqual(before);
    expect(await under.queue.isPaused()).toBe(false);
  });

  it("answers 503 while the queues cannot be opened, and then opens them", async () => {
    let isAway = true;
    const board = await openBoard(async () => {
      if (isAway) throw new Error("redis is away");
      return under.open();
    });
    onTestFinished(() => board.stop());
    const away = await get(board, API);
    expect([away.status, away.headers["retry-after"], away.body.code]).toEqual([503, "2", "unavailable"]);
    expect(board.errors).toMatchObject([{ message: "redis is away" }]);
    isAway = false;
    expect((await get(board, API)).status).toBe(200);
  });

  it("is not opened by nobody's look, and closes all the same", async () => {
    const board = await openBoard(() => Promise.reject(new Error("never")));
    await board.stop();
    expect(board.errors).toEqual([]);
  });
});

describe("a board that may change something", () => {
  it("moves and removes jobs, stops no queue and writes no job", async () => {
    const board = await openAt({ writable: true });
    const change = (path: string, method = "PUT", body: unknown = {}) => ask(board.url, method, path, BEARER, body);
    const { queue } = under;
    const [broken, unwanted] = await queue.getFailed();
    for (const [method, path] of changesOf(String(broken?.id)).filter(([, , allowed]) => !allowed)) {
      const reply = await change(path, method, { name: "page", data: {}, concurrency: 1, max: 1, duration: 1 });
      expect([path, reply.status]).toEqual([path, 403]);
      expect(JSON.stringify(reply.body)).toContain("a queue that stands still");
    }
    expect(await queue.isPaused()).toBe(false);
    expect(await queue.getJobCounts()).toMatchObject({ failed: 2, active: 1, waiting: 2, delayed: 1 });

    expect((await change(`${API}/pages/${broken?.id}/retry`)).status).toBeLessThan(300);
    expect(await queue.getJobCounts()).toMatchObject({ failed: 1, waiting: 3 });
    expect((await change(`${API}/pages/${unwanted?.id}/clean`)).status).toBeLessThan(300);
    expect(await queue.getJobCounts()).toMatchObject({ failed: 0 });
    expect((await change(`${API}/pages/promote`)).status).toBeLessThan(300);
    expect(await queue.getJobCounts()).toMatchObject({ delayed: 0, waiting: 4 });
    expect(board.changes.slice(-3).map(({ status }) => status < 300)).toEqual([true, true, true]);
  });

  it("sets a paused queue going again", async () => {
    const board = await openAt({ writable: true });
    await under.queue.pause();
    expect((await ask(board.url, "PUT", `${API}/pages/resume`, BEARER, {})).status).toBeLessThan(300);
    expect(await under.queue.isPaused()).toBe(false);
    under.release();
    const page = under.page(4, 2);
    await under.queue.add("page", page);
    await expect.poll(() => under.settled, { timeout: 15_000 }).toEqual(expect.arrayContaining(page.checkoutIds));
  });
});
