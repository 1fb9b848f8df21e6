import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";

/** A line or the bars of a chart; `colour` names a colour of the palette. */
export interface Series {
  readonly label: string;
  readonly colour: string;
  readonly bars?: true;
}

export interface ChartParts {
  readonly name: string;
  /** What it shows now, for those who do not see it. */
  readonly says: string;
  readonly series: readonly Series[];
  readonly data: uPlot.AlignedData;
  readonly value: (value: number) => string;
}

const HEIGHT = 180;
/** Half a second: the first and the last are shown whole. */
const EDGE_S = 0.5;
const FONT = '12px "Geist", system-ui, sans-serif';
const AXIS_WIDTH = 52;
/** A quiet chart is drawn as high as this at least, so that one unit is no mountain. */
const TOP_MIN = 10;

/** One chart, drawn anew where the palette changes; its place is taken from the start. */
export function Chart({ name, says, series, data, value }: ChartParts) {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  useEffect(() => {
    const root = place.current;
    if (!root) return;
    const draw = () => {
      chart.current?.destroy();
      chart.current = new uPlot(optionsOf(root, series, value), data, root);
    };
    draw();
    const sized = new ResizeObserver(() => chart.current?.setSize({ width: root.clientWidth, height: HEIGHT }));
    sized.observe(root);
    const dark = matchMedia("(prefers-color-scheme: dark)");
    dark.addEventListener("change", draw);
    return () => {
      sized.disconnect();
      dark.removeEventListener("change", draw);
      chart.current?.destroy();
      chart.current = null;
    };
  }, []);
  useEffect(() => chart.current?.setData(data), [data]);
  return (
    <div class="chart-frame" role="img" aria-label={`${name}: ${says}`}>
      <div ref={place} class="chart" style={{ height: `${HEIGHT}px` }} />
    </div>
  );
}

function optionsOf(root: HTMLElement, series: readonly Series[], value: ChartParts["value"]): uPlot.Options {
  const style = getComputedStyle(root);
  const colour = (name: string) => style.getPropertyValue(`--${name}`).trim();
  const axis = { stroke: colour("ink-soft"), font: FONT, ticks: { show: false } };
  return {
    width: root.clientWidth,
    height: HEIGHT,
    padding: [8, 16, 0, 0],
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { time: false, range: (_, min, max) => [min - EDGE_S, max + EDGE_S] },
      y: { range: (_, _min, max) => [0, Math.max(TOP_MIN, (max ?? 0) * 1.1)] },
    },
    axes: [
      {
        ...axis,
        size: 30,
        gap: 8,
        grid: { show: false },
        splits: (chart) => splitsOf(chart.data[0]),
        values: (_, ticks) => ticks.map((tick) => agoText((ticks.at(-1) ?? tick) - tick)),
      },
      {
        ...axis,
        size: AXIS_WIDTH,
        space: 36,
        grid: { stroke: colour("line"), width: 1 },
        values: (_, ticks) => ticks.map(value),
      },
    ],
    series: [{}, ...series.map((each) => seriesOf(each, colour))],
  };
}

/** Every minute, or every quarter of the last one or two. */
function splitsOf(seconds: ArrayLike<number>): number[] {
  const [first = 0, last = 0] = [seconds[0], seconds[seconds.length - 1]];
  const parts = last - first > 120 ? 5 : 4;
  return Array.from({ length: parts + 1 }, (_, n) => first + ((last - first) * n) / parts);
}

/** How long ago, in seconds or minutes, whichever is whole. */
function agoText(seconds: number): string {
  const rounded = Math.round(seconds);
  if (rounded === 0) return "now";
  return rounded % 60 === 0 ? `−${rounded / 60} min` : `−${rounded} s`;
}

function seriesOf({ label, colour: name, bars }: Series, colour: (name: string) => string): uPlot.Series {
  const stroke = colour(name);
  if (!bars) return { label, stroke, width: 2, points: { show: true, size: 4, fill: stroke } };
  const paths = uPlot.paths.bars?.({ size: [0.8, 14], radius: 0.2 });
  return { label, fill: stroke, width: 0, points: { show: false }, ...(paths && { paths }) };
}
