import { Flashgate } from "@flashgate/client";
import type { Shelf } from "./attempt-store.ts";
import { uniqueId } from "./ids.ts";

const SHOPPER = "flashgate:shopper";
/** Where a shop's sign-in leaves the shopper's token for this page: AUTH=jwt. */
const TOKEN = "flashgate:token";

/** How long reading tries again by itself: the page goes on trying, and says so meanwhile. */
const PATIENCE = { retryMs: 4_000, retriesMax: 3 } as const;
/** What is bought is tried again where the shopper sees it. */
const ONCE = { retryMs: 0, retriesMax: 0 } as const;

/** The ways to the shop: for reading, and for what changes something. */
export interface Shop {
  readonly reader: Flashgate;
  readonly buyer: Flashgate;
  /** Whether this browser holds a sign-in, valid or not. */
  readonly signedIn: () => boolean;
}

/**
 * The shop as this browser's shopper sees it. Who has signed in sends their token; anybody else is a stranger with a name of
 * this browser's making, whom an api with AUTH=trusted believes.
 */
export function openShop(memory: Shelf): Shop {
  const token = memory.getItem(TOKEN);
  // Read each time: a shop may renew it while the page is open.
  const who = token ? { token: () => memory.getItem(TOKEN) ?? token } : { userId: shopperId(memory) };
  return {
    reader: new Flashgate({ ...who, ...PATIENCE }),
    buyer: new Flashgate({ ...who, ...ONCE }),
    signedIn: () => memory.getItem(TOKEN) !== null,
  };
}

/** Whether a change of `localStorage` in another tab is the shopper's signing in or out. A token that is renewed is neither. */
export function isSignInOrOut({ key, oldValue, newValue }: StorageEvent): boolean {
  return key === TOKEN && (oldValue === null) !== (newValue === null);
}

function shopperId(memory: Shelf): string {
  const known = memory.getItem(SHOPPER);
  if (known && /^[A-Za-z0-9_-]{1,64}$/.test(known)) return known;
  const made = `web-${uniqueId()}`;
  memory.setItem(SHOPPER, made);
  return made;
}
