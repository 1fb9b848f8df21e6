import type { ErrorCode, Sale } from "@flashgate/client";
import { computed, signal } from "@preact/signals";
import type { Attempt } from "./attempt.ts";
import { boughtIn } from "./attempt.ts";
import type { ItemBits } from "./availability.ts";

/** How the page stands to the shop: not heard of it yet, in touch, out of reach, or told that there is no sale. */
export type Link = "waiting" | "live" | "away" | "no-sale";

/** A request that is made again by itself. */
export interface Retry {
  readonly code: ErrorCode;
  /** When, on the device's forward-only clock. */
  readonly atMs: number;
}

/** All that the page shows. What writes it: `sale-feed.ts`, `availability-feed.ts`, `buying.ts`. */
export const sale = signal<Sale | null>(null);
export const link = signal<Link>("waiting");
export const online = signal(true);
export const bits = signal<ItemBits | null>(null);
/** The latest first. */
export const attempts = signal<readonly Attempt[]>([]);
/** By attempt. */
export const retries = signal<ReadonlyMap<string, Retry>>(new Map());
/** Attempts whose shopper wants out. */
export const cancelling = signal<ReadonlySet<string>>(new Set());
/** What is shown for a while, for it is easily missed. */
export const notice = signal<string | null>(null);
/** What a screen reader says next. */
export const spoken = signal("");
/** The first position on the shelf. */
export const shelfStart = signal(1);

export const itemCount = computed(() => bits.value?.count ?? 0);
export const bought = computed(() => (sale.value ? boughtIn(attempts.value, sale.value.id) : 0));
/** This sale's, the latest first. */
export const ownAttempts = computed(() => attempts.value.filter(({ saleId }) => saleId === sale.value?.id));
