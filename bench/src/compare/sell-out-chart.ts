/** A sell-out as an image: what had been reserved and settled by when, and what the crowd was answered meanwhile. */
import type { SellOut } from "./sell-out.ts";

const STEP_MS = 50;
const STEPS_A_SECOND = 1_000 / STEP_MS;
const TICK_MS = 250;
const SHEET = { width: 880, height: 468, left: 64, right: 864 } as const;
const UPPER = { top: 56, floor: 276 } as const;
const LOWER = { top: 330, floor: 420 } as const;

/** Readable on a light page and on a dark one. */
const STYLE = `
  .sheet { fill: #ffffff } text { font: 13px system-ui, sans-serif; fill: #3d4451 } .title { font-size: 16px; font-weight: 600; fill: #14171c }
  .grid { stroke: #d9dde3 } .line { fill: none; stroke-width: 2.5 }
  .line.reserved { stroke: #2f5fd0 } .line.settled { stroke: #1c8a4b } .bar.reserved { fill: #2f5fd0 } .bar.refused { fill: #aab1bc }
  @media (prefers-color-scheme: dark) {
    .sheet { fill: #14171c } text { fill: #b7bec9 } .title { fill: #f0f2f5 } .grid { stroke: #2c323b }
    .line.reserved { stroke: #7ea2ff } .line.settled { stroke: #4cc47f } .bar.reserved { fill: #7ea2ff } .bar.refused { fill: #59616d }
  }`;

/** Milliseconds since the first request, in order. */
type Moments = readonly number[];

/** Draws it. */
export function sellOutChart({ startedAtMs, reservedAtMs, settledAtMs, refusedAtMs }: SellOut): string {
  const since = (moments: readonly number[]) => moments.map((atMs) => atMs - startedAtMs).sort((a, b) => a - b);
  const [reserved, settled, refused] = [since(reservedAtMs), since(settledAtMs), since(refusedAtMs)];
  const endMs = Math.ceil(Math.max(TICK_MS, ...[reserved, settled, refused].map(lastOf)) / TICK_MS) * TICK_MS;
  const title = `${numbers(reserved.length)} units: reserved in ${seconds(lastOf(reserved))}, settled in ${seconds(lastOf(settled))}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${SHEET.width} ${SHEET.height}" role="img" aria-labelledby="title">
<title id="title">${title} of the first request; ${numbers(refused.length)} checkouts were refused after that</title>
<style>${STYLE}</style>
<rect class="sheet" width="${SHEET.width}" height="${SHEET.height}"/>
<text class="title" x="${SHEET.left}" y="24">${title}</text>
${addedUp(reserved, settled, endMs)}
${answered(reserved, refused, endMs)}
${ticksOf(endMs)
  .map((ms) => `<text x="${xOf(ms, endMs)}" y="${LOWER.floor + 20}" text-anchor="middle">${ms / 1_000} s</text>`)
  .join("\n")}
</svg>
`;
}

/** The upper part: units by when. */
function addedUp(reserved: Moments, settled: Moments, endMs: number): string {
  const unitsMax = Math.max(1, reserved.length);
  const yOf = (units: number) => tenths(UPPER.floor - ((UPPER.floor - UPPER.top) * units) / unitsMax);
  const lineOf = (kind: string, moments: Moments) => {
    const points = stepsOf(endMs).map((ms) => `${xOf(ms, endMs)},${yOf(moments.filter((atMs) => atMs <= ms).length)}`);
    return `<polyline class="line ${kind}" points="${points.join(" ")}"/>`;
  };
  return `<text x="${SHEET.left}" y="44">units, added up</text>
${keyAt(480, "reserved", "reserved by the gate")}${keyAt(670, "settled", "settled in the ledger")}
${[0, 0.25, 0.5, 0.75, 1].map((share) => gridLine(yOf(unitsMax * share), unitsMax * share)).join("\n")}
${lineOf("reserved", reserved)}
${lineOf("settled", settled)}`;
}

/** The lower part: answers a second. */
function answered(reserved: Moments, refused: Moments, endMs: number): string {
  const steps = stepsOf(endMs).slice(0, -1);
  const counted = steps.map((ms) => ({ ms, held: countIn(reserved, ms), away: countIn(refused, ms) }));
  const countMax = Math.max(1, ...counted.map(({ held, away }) => held + away));
  const yOf = (count: number) => tenths(LOWER.floor - ((LOWER.floor - LOWER.top) * count) / countMax);
  const width = tenths(xOf(STEP_MS, endMs) - xOf(0, endMs) - 1);
  const bar = (kind: string, ms: number, from: number, to: number) =>
    `<rect class="bar ${kind}" x="${xOf(ms, endMs)}" y="${yOf(to)}" width="${width}" height="${tenths(yOf(from) - yOf(to))}"/>`;
  const bars = counted.flatMap(({ ms, held, away }) => [
    ...(held > 0 ? [bar("reserved", ms, 0, held)] : []),
    ...(away > 0 ? [bar("refused", ms, held, held + away)] : []),
  ]);
  return `<text x="${SHEET.left}" y="${LOWER.top - 14}">answers a second: reserved, and refused (grey)</text>
${[0, 0.5, 1].map((share) => gridLine(yOf(countMax * share), countMax * share * STEPS_A_SECOND)).join("\n")}
${bars.join("\n")}`;
}

function gridLine(y: number, value: number): string {
  const line = `<line class="grid" x1="${SHEET.left}" x2="${SHEET.right}" y1="${y}" y2="${y}"/>`;
  return `${line}<text x="${SHEET.left - 8}" y="${y + 4}" text-anchor="end">${numbers(value)}</text>`;
}

function keyAt(x: number, kind: string, text: string): string {
  return `<line class="line ${kind}" x1="${x}" x2="${x + 24}" y1="40" y2="40"/><text x="${x + 32}" y="44">${text}</text>`;
}

const xOf = (ms: number, endMs: number) => tenths(SHEET.left + ((SHEET.right - SHEET.left) * ms) / endMs);
const stepsOf = (endMs: number) => Array.from({ length: endMs / STEP_MS + 1 }, (_, step) => step * STEP_MS);
const ticksOf = (endMs: number) => Array.from({ length: endMs / TICK_MS + 1 }, (_, tick) => tick * TICK_MS);
const countIn = (moments: Moments, fromMs: number) =>
  moments.filter((atMs) => atMs >= fromMs && atMs < fromMs + STEP_MS).length;
const lastOf = (moments: Moments) => moments.at(-1) ?? 0;
const tenths = (value: number) => Math.round(value * 10) / 10;
const numbers = (value: number) => Math.round(value).toLocaleString("en-US");
const seconds = (ms: number) => `${(ms / 1_000).toFixed(2)} s`;
