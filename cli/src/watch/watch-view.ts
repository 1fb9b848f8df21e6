import type { GateState, GateTotals } from "@flashgate/core";
import { fixed, grouped } from "../numbers.ts";
import type { Palette } from "../palette.ts";
import { stockBar } from "../stock-bar.ts";
import { ageMs, type SaleReading, settled, sum } from "./watch-record.ts";

const BAR_CELLS_MAX = 60;
const NAME_COLUMNS = 11;
const UNSEEN = "–";

/** A reading as the lines of a screen so many columns wide; the caller cuts what is longer. */
export function watchView(reading: SaleReading, columns: number, palette: Palette): string[] {
  const { bold, dim, bad } = palette;
  const { sale, totals, faults } = reading;
  const row = (name: string, text: string) => `${dim(name.padEnd(NAME_COLUMNS))}${text}`;
  return [
    `${bold(`Sale ${sale.id}`)}   ${windowText(reading)}   ${dim(`${timeOfDay(reading.atMs)} UTC`)}`,
    "",
    stockBar(totals, Math.max(1, Math.min(BAR_CELLS_MAX, columns - 1)), palette),
    stockText(totals, sale.totalItems, palette),
    "",
    row("gate", gateText(reading, palette)),
    ...funnelRows(reading, row, palette),
    row("pace", reading.soldPerS === null ? UNSEEN : `${grouped(reading.soldPerS)} units sold a second`),
    row("lag", lagText(reading)),
    row("queue", queueText(reading, palette)),
    ...instanceRows(reading, row, palette),
    ...faults.map((fault) => row("fault", bad(fault))),
    "",
    dim("Ctrl-C ends the watch, and nothing else."),
  ];
}

function windowText({ atMs, sale, phase }: SaleReading): string {
  if (phase === "scheduled") return `opens in ${duration(sale.opensAtMs - atMs)}`;
  return phase === "ended" ? "ended" : `${phase}, ${duration(sale.closesAtMs - atMs)} left`;
}

/** Each in the colour that it has in the bar. */
function stockText({ sold, held, available }: GateTotals, total: number, { good, warn, bold }: Palette): string {
  return [
    good(`█ ${grouped(sold)} sold`),
    warn(`▒ ${grouped(held)} held`),
    bold(`░ ${grouped(available)} available`),
    `of ${grouped(total)}`,
  ].join("   ");
}

const GATE_WORDS: Readonly<Record<GateState, string>> = {
  not_opened: "not opened yet",
  recovering: "being opened",
  open: "open",
  shut: "shut: it is opened by the scheduler",
  closed: "closed for good",
  unknown: UNSEEN,
};

function gateText({ gate, sale }: SaleReading, { good, bad, warn }: Palette): string {
  const paint = gate === "open" ? good : gate === "shut" || gate === "recovering" ? bad : (text: string) => text;
  const paused = sale.paused ? warn("   paused: nobody new is admitted") : "";
  return `${paint(GATE_WORDS[gate])}   epoch ${sale.epoch}${paused}`;
}

/** attempts → held → settled, each with its reasons. */
function funnelRows(
  { ops, progress, totals }: SaleReading,
  row: (name: string, text: string) => string,
  { dim }: Palette,
): string[] {
  const attempts = ops?.attempts;
  const checkouts = progress?.checkouts;
  return [
    row(
      "attempts",
      attempts
        ? `${grouped(sum(attempts))}   ${reasons(attempts)}   ${dim("every sale, since the apis started")}`
        : UNSEEN,
    ),
    row("→ held", `${grouped(totals.held)} units now`),
    row("→ settled", checkouts ? `${grouped(settled(checkouts))}   ${reasons(checkouts)}` : UNSEEN),
  ];
}

function reasons(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .sort(([, a], [, b]) => b - a)
    .map(([name, count]) => `${name} ${grouped(count)}`)
    .join("   ");
}

function lagText({ progress }: SaleReading): string {
  if (!progress) return UNSEEN;
  if (!progress.lagMs) return "nothing was confirmed in the last 10 s";
  return `p50 ${grouped(progress.lagMs.p50)} ms   p99 ${grouped(progress.lagMs.p99)} ms   from hold to verdict`;
}

function queueText({ queue, atMs }: SaleReading, { bad }: Palette): string {
  if (!queue) return UNSEEN;
  const oldestMs = ageMs(queue.oldestAtMs, atMs);
  return [
    `${grouped(queue.waiting)} waiting`,
    `${grouped(queue.active)} active`,
    `${grouped(queue.delayed)} to be tried again`,
    ...(queue.failed > 0 ? [bad(`${grouped(queue.failed)} failed`)] : []),
    ...(oldestMs === null ? [] : [`oldest ${fixed(oldestMs / 1_000)} s`]),
  ].join("   ");
}

function instanceRows({ ops }: SaleReading, row: (name: string, text: string) => string, { bad }: Palette): string[] {
  if (!ops) return [];
  const texts = Object.entries(ops.instances).map(([service, { known, answering }]) => {
    const text = `${service} ${answering} of ${known}`;
    return answering < known ? bad(text) : text;
  });
  return [row("instances", texts.join("   "))];
}

function timeOfDay(ms: number): string {
  return new Date(ms).toISOString().slice(11, 19);
}

/** `1:02:03`, `2:03`. */
function duration(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1_000));
  const [h, m, s] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (part: number) => String(part).padStart(2, "0");
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}
