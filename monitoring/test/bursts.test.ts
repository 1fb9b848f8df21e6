import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { BURST_MS, Bursts } from "../src/bursts.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** What is told of what happens, in order. */
function openBursts() {
  const told: string[] = [];
  const bursts = new Bursts();
  const happens = (name: string, times = 1) => {
    for (let nth = 0; nth < times; nth += 1) {
      bursts.note(
        name,
        () => told.push(`${name} first`),
        (more) => told.push(`${name} ${more} more`),
      );
    }
  };
  return { told, happens };
}

describe("a burst", () => {
  it("is told of by its first, then by how many came since, until none does", async () => {
    const { told, happens } = openBursts();
    happens("outage", 1_000);
    expect(told).toEqual(["outage first"]);
    await vi.advanceTimersByTimeAsync(BURST_MS);
    happens("outage", 5);
    await vi.advanceTimersByTimeAsync(BURST_MS);
    expect(told).toEqual(["outage first", "outage 999 more", "outage 5 more"]);
    await vi.advanceTimersByTimeAsync(10 * BURST_MS);
    expect(told).toHaveLength(3);
    happens("outage");
    expect(told.at(-1)).toBe("outage first");
  });

  it("does not hide another", () => {
    const { told, happens } = openBursts();
    happens("outage", 3);
    happens("bug", 2);
    expect(told).toEqual(["outage first", "bug first"]);
  });

  it("keeps few lines where everything has another name", async () => {
    const { told, happens } = openBursts();
    for (let nth = 0; nth < 10_000; nth += 1) happens(`name ${nth}`);
    expect(told).toHaveLength(51);
    await vi.advanceTimersByTimeAsync(BURST_MS);
    expect(told.at(-1)).toBe("name 9999 9949 more");
  });
});
