import type { HistoryWriter, SiegeSale } from "../history.ts";
import type { Agenda, Chore } from "./agenda.ts";
import { isFinal } from "./counts.ts";
import type { Desk, Held, Manners } from "./desk.ts";
import type { Dice } from "./dice.ts";
import type { TicketTold } from "./ticket.ts";
import type { TicketBook } from "./ticket-book.ts";

/** What all shoppers of a crowd share. */
export interface Floor {
  readonly desk: Desk;
  readonly agenda: Agenda;
  readonly book: TicketBook;
  readonly dice: Dice;
  readonly history: HistoryWriter;
  readonly apiUrls: () => readonly string[];
  readonly sales: () => readonly SiegeSale[];
}

/** How long shoppers wait for an answer. */
const PATIENCE_MS_MIN = 2_000;
const PATIENCE_MS_MAX = 5_000;
/** Those who hang up do so while the request is under way. */
const VANISH_MS_MAX = 20;
const VANISHING = 0.05;
const WAIT_S = 5;
const WAITING = 0.04;
/** Between two questions for one ticket. */
const POLL_MS_MIN = 400;
const POLL_MS_MAX = 12_000;
/** Of those who know the end of it, how many ask once more later. */
const DOUBTING = 0.08;
const DOUBT_MS_MAX = 40_000;

/** Manners of somebody who stays for the answer. */
export function patient({ dice, apiUrls }: Pick<Floor, "dice" | "apiUrls">): Manners {
  return { url: dice.pick(apiUrls()), patienceMs: dice.between(PATIENCE_MS_MIN, PATIENCE_MS_MAX) };
}

/** Manners of anybody: a few hang up, a few ask to be kept waiting for the verdict. */
export function mannersOf(floor: Floor): Manners {
  const manners = patient(floor);
  if (floor.dice.chance(VANISHING)) return { ...manners, vanishAfterMs: floor.dice.between(0, VANISH_MS_MAX) };
  if (!floor.dice.chance(WAITING)) return manners;
  return { ...manners, waitS: WAIT_S, patienceMs: manners.patienceMs + WAIT_S * 1_000 };
}

/** Asks for a ticket at `atMs`, and again, less and less often, until its final state is told. */
export function follow(floor: Floor, held: Held, atMs: number): void {
  floor.agenda.add(atMs, asking(floor, held));
}

/** Asks for a ticket now, and again later until its final state is told. */
export function asking(floor: Floor, held: Held, pauseMs = POLL_MS_MIN): Chore {
  const { agenda, book, desk, dice, history } = floor;
  return async () => {
    const told = await desk.poll(held, mannersOf(floor));
    if (told && isFinal(told.state)) {
      book.close(held.checkoutId, told.state);
      if (dice.chance(DOUBTING)) doubt(floor, held);
      return 0;
    }
    const nextMs = Math.min(pauseMs * dice.between(1.3, 2), POLL_MS_MAX);
    agenda.add(Math.max(history.nowMs() + nextMs, cartUntilMs(told)), asking(floor, held, nextMs));
    return 0;
  };
}

/** A cart that was left alone is only asked for once its time is over. */
function cartUntilMs(told: TicketTold | null): number {
  return told?.state === "reserved" ? (told.expiresAtMs ?? 0) : 0;
}

/** A verdict never changes: whoever asks again later hears the same. */
function doubt(floor: Floor, held: Held): void {
  floor.agenda.add(floor.history.nowMs() + floor.dice.between(500, DOUBT_MS_MAX), async () => {
    await floor.desk.poll(held, mannersOf(floor));
    return 0;
  });
}
