import { expect, test } from "vitest";
import { Screen, type Terminal } from "../src/watch/screen.ts";

/** A terminal that keeps what is written to it. */
function openTerminal(columns: number, rows: number) {
  const writes: string[] = [];
  const listeners = new Set<() => void>();
  const terminal = {
    columns,
    rows,
    write: (text: string) => writes.push(text),
    on: (_: "resize", listener: () => void) => listeners.add(listener),
    off: (_: "resize", listener: () => void) => listeners.delete(listener),
  } satisfies Terminal;
  const resize = (size: { columns: number; rows: number }) => {
    Object.assign(terminal, size);
    for (const listener of listeners) listener();
  };
  return { terminal, writes, listeners, resize };
}

test("the first frame takes the other screen and hides the cursor; each is one write in place of the last", () => {
  const { terminal, writes } = openTerminal(80, 24);
  const screen = new Screen(terminal);
  expect(writes).toEqual([]);
  screen.draw(() => ["one", "two"]);
  screen.draw(() => ["three"]);
  expect(writes).toEqual([
    "\x1b[?1049h\x1b[?25l",
    "\x1b[?2026h\x1b[Hone\x1b[K\r\ntwo\x1b[K\x1b[J\x1b[?2026l",
    "\x1b[?2026h\x1b[Hthree\x1b[K\x1b[J\x1b[?2026l",
  ]);
  expect(writes.join("")).not.toContain("\x1b[2J");
});

test("a frame is cut to the terminal, and drawn anew when that changes", () => {
  const { terminal, writes, resize } = openTerminal(5, 3);
  const screen = new Screen(terminal);
  screen.draw((columns) => ["a".repeat(columns), "b", "c", "d"]);
  expect(writes.at(-1)).toBe("\x1b[?2026h\x1b[Haaaa\x1b[K\r\nb\x1b[K\x1b[J\x1b[?2026l");
  resize({ columns: 8, rows: 24 });
  expect(writes.at(-1)).toBe("\x1b[?2026h\x1b[Haaaaaaa\x1b[K\r\nb\x1b[K\r\nc\x1b[K\r\nd\x1b[K\x1b[J\x1b[?2026l");
});

test("closed, the terminal has its cursor and its screen back, and the last frame on it", () => {
  const { terminal, writes, listeners } = openTerminal(80, 24);
  const screen = new Screen(terminal);
  screen.draw(() => ["one", "two"]);
  screen.close();
  screen.close();
  expect(writes.at(-1)).toBe("\x1b[?25h\x1b[?1049lone\ntwo\n");
  expect(writes).toHaveLength(3);
  expect(listeners.size).toBe(0);
});

test("a screen that never drew leaves the terminal alone", () => {
  const { terminal, writes } = openTerminal(80, 24);
  new Screen(terminal).close();
  expect(writes).toEqual([]);
});
