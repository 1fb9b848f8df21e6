import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type HistoryEntry, HistoryWriter, readHistory } from "../src/siege/history.ts";

let folder = "";
let file = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "flashgate-history-"));
  file = join(folder, "history.jsonl");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function refusal(op: number): HistoryEntry {
  return { kind: "fail", op, atMs: 1_000 + op, code: "sold_out" };
}

async function entries(): Promise<HistoryEntry[]> {
  const read: HistoryEntry[] = [];
  for await (const entry of readHistory(file)) read.push(entry);
  return read;
}

async function write(count: number): Promise<void> {
  const writer = new HistoryWriter(file);
  for (let op = 0; op < count; op += 1) {
    writer.append(refusal(op));
    if (op % 1_000 === 0) await writer.room();
  }
  expect(writer.entries).toBe(count);
  await writer.close();
}

test("what is appended is read back, all of it and in order, across every boundary of a buffer", async () => {
  await write(100_000);
  const read = await entries();
  expect(read).toHaveLength(100_000);
  expect(read.every((entry, op) => entry.kind === "fail" && entry.op === op && entry.atMs === 1_000 + op)).toBe(true);
});

test("letters of more than one byte survive being torn apart", async () => {
  const code = "ausverkauft – 売り切れ 🎟".repeat(20_000);
  const writer = new HistoryWriter(file);
  writer.append({ kind: "info", op: 1, atMs: 1, code });
  writer.append(refusal(2));
  await writer.close();
  expect(await entries()).toEqual([{ kind: "info", op: 1, atMs: 1, code }, refusal(2)]);
});

test("a history goes on where an earlier one ended", async () => {
  await write(2);
  await write(1);
  expect(await entries()).toEqual([refusal(0), refusal(1), refusal(0)]);
});

test.each(["{", '{"kind":"fail","op":9', '{"kind":"fail","op":9,"atMs":1,"code":"x"}'])(
  "a last line that was not finished is left out: %s",
  async (torn) => {
    await write(3);
    appendFileSync(file, torn);
    expect(await entries()).toEqual([refusal(0), refusal(1), refusal(2)]);
  },
);

test("an empty history has no entries", async () => {
  writeFileSync(file, "");
  expect(await entries()).toEqual([]);
});

test("a whole line that is no entry is named", async () => {
  await write(2);
  writeFileSync(file, readFileSync(file, "utf8").replace('"op":1', '"op":'));
  await expect(entries()).rejects.toThrow(`${file}:2 is not an entry of a history`);
});

test("a disk that fails is told to whoever waits for room, and at the end", async () => {
  const writer = new HistoryWriter(join(folder, "missing", "history.jsonl"));
  writer.append(refusal(1));
  await expect.poll(() => writer.room().then(() => "fine", String), { timeout: 10_000 }).toContain("ENOENT");
  await expect(writer.close()).rejects.toThrow("ENOENT");
});

test("whoever appends faster than the disk takes it is asked to wait, and goes on", async () => {
  const writer = new HistoryWriter(file);
  const code = "x".repeat(100_000);
  for (let op = 0; op < 60; op += 1) writer.append({ kind: "info", op, atMs: op, code });
  let waited = true;
  const room = writer.room().then(() => {
    waited = false;
  });
  expect(waited).toBe(true);
  await room;
  await writer.close();
  expect(await entries()).toHaveLength(60);
});

test("its clock is the machine's, and never steps back", () => {
  const writer = new HistoryWriter(file);
  const beforeMs = Date.now();
  const first = writer.nowMs();
  expect(first).toBeGreaterThanOrEqual(beforeMs);
  expect(writer.nowMs()).toBeGreaterThanOrEqual(first);
  return writer.close();
});
