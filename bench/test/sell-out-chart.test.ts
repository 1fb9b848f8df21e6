import { describe, expect, it } from "vitest";
import { sellOutChart } from "../src/compare/sell-out-chart.ts";

const STARTED_AT_MS = 1_000_000;
const at = (...sinceMs: number[]) => sinceMs.map((ms) => STARTED_AT_MS + ms);

describe("the chart of a sell-out", () => {
  const svg = sellOutChart({
    startedAtMs: STARTED_AT_MS,
    reservedAtMs: at(120, 10, 60, 70),
    settledAtMs: at(90, 100, 200, 240),
    refusedAtMs: at(260, 270),
  });

  it("says in words what it shows", () => {
    expect(svg).toContain(
      "4 units: reserved in 0.12 s, settled in 0.24 s of the first request; 2 checkouts were refused",
    );
  });

  it("adds up what was reserved and settled, from none to all", () => {
    const pointsOf = (kind: string) => new RegExp(`line ${kind}" points="([^"]+)"`).exec(svg)?.[1]?.split(" ");
    // 64 to 864 wide for half a second, 276 down to 56 high for four units
    expect(pointsOf("reserved")?.slice(0, 4)).toEqual(["64,276", "144,221", "224,111", "304,56"]);
    expect(pointsOf("settled")?.slice(0, 6)).toEqual(["64,276", "144,276", "224,166", "304,166", "384,111", "464,56"]);
  });

  it("has a bar for each step in which somebody was answered, as tall as how many", () => {
    const bars = [...svg.matchAll(/bar (\w+)" x="([\d.]+)" y="([\d.]+)" width="[\d.]+" height="([\d.]+)"/g)];
    expect(bars.map(([, kind, x, , height]) => [kind, Number(x), Number(height)])).toEqual([
      ["reserved", 64, 45],
      ["reserved", 144, 90],
      ["reserved", 224, 45],
      ["refused", 464, 90],
    ]);
  });

  it("is an image where nothing happened", () => {
    const empty = sellOutChart({ startedAtMs: 0, reservedAtMs: [], settledAtMs: [], refusedAtMs: [] });
    expect(empty).toContain("0 units");
    expect(empty).not.toContain("NaN");
  });
});
