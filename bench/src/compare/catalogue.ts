import type { Figure } from "../figures/figure.ts";
import { attempts } from "./attempts.ts";
import { poll, refuse, reserve } from "./doors.ts";
import { backlog, growth } from "./growth.ts";
import { memory } from "./memory.ts";
import { opening, openingMany } from "./opening.ts";
import { sellOut } from "./sell-out.ts";
import { settle } from "./settle.ts";
import { lag, latency } from "./unhurried.ts";
import { cpu, whole } from "./whole.ts";

/** What is compared, or costs something. */
export const COMPARISONS: readonly Figure[] = [
  reserve,
  refuse,
  whole,
  settle,
  poll,
  sellOut,
  lag,
  latency,
  cpu,
  memory,
  growth,
  backlog,
  opening,
  openingMany,
  attempts,
];
