import { systemWorld, type World } from "./clock.ts";

/** Who asks: a shopper's bearer token (`AUTH=jwt`), or from a shop's own backend the shopper's id (`AUTH=trusted`). */
type Credentials =
  | { readonly token?: string | (() => string | Promise<string>); readonly userId?: never }
  | { readonly userId?: string; readonly token?: never };

export type FlashgateOptions = Credentials & {
  /** Where the api is, such as `https://shop.example`. In a browser default: the page's own origin. */
  readonly baseUrl?: string;
  /** How long one answer may take, waiting that was asked for not counted. Default: 10,000. */
  readonly timeoutMs?: number;
  /** How long a call may try again, all in all. Default: 30,000. */
  readonly retryMs?: number;
  /** How often a call may try again. Default: 6. */
  readonly retriesMax?: number;
  /** Default: the global one. */
  readonly fetch?: typeof fetch;
  /** Clock, randomness and pauses. Default: the real ones. */
  readonly world?: World;
};

export interface Settings {
  readonly baseUrl: string;
  readonly credentials: () => Promise<Readonly<Record<string, string>>>;
  readonly timeoutMs: number;
  readonly retryMs: number;
  readonly retriesMax: number;
  readonly fetch: typeof fetch;
  readonly world: World;
}

/** The options made whole. Throws a TypeError that names the option at fault. */
export function settingsOf(options: FlashgateOptions): Settings {
  const { timeoutMs = 10_000, retryMs = 30_000, retriesMax = 6, world = systemWorld } = options;
  for (const [name, value] of Object.entries({ timeoutMs, retryMs, retriesMax })) {
    if (!Number.isFinite(value) || value < 0)
      throw new TypeError(`${name} must be a number of at least 0, is ${value}`);
  }
  return {
    baseUrl: baseUrlOf(options.baseUrl),
    credentials: credentialsOf(options),
    timeoutMs,
    retryMs,
    retriesMax,
    fetch: options.fetch ?? ((input, init) => fetch(input, init)),
    world,
  };
}

function baseUrlOf(given: string | undefined): string {
  const url = given ?? (globalThis as { location?: { origin?: string } }).location?.origin;
  if (url === undefined) throw new TypeError("baseUrl is missing: say where the api is, such as http://127.0.0.1:3000");
  if (!URL.canParse(url)) throw new TypeError(`baseUrl must be a whole URL such as http://127.0.0.1:3000, is "${url}"`);
  return url.replace(/\/+$/, "");
}

function credentialsOf({ token, userId }: FlashgateOptions): Settings["credentials"] {
  if (userId !== undefined) {
    if (!/^[A-Za-z0-9_-]{1,64}$/.test(userId)) {
      throw new TypeError(`userId must be 1 to 64 of letters, digits, _ and -, is "${userId}"`);
    }
    return async () => ({ "x-user-id": userId });
  }
  if (token === undefined) return async () => ({});
  const current = typeof token === "string" ? () => token : token;
  return async () => ({ authorization: `Bearer ${await current()}` });
}
