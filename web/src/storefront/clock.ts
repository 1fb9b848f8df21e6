/** What the page needs of the world's time and chance; tests bring their own. */
export interface Clock {
  /** Milliseconds that only go forward. */
  readonly steadyMs: () => number;
  /** Milliseconds since 1970 as this device has them: to be kept across a refresh. */
  readonly wallMs: () => number;
}

export const systemClock: Clock = {
  steadyMs: () => performance.now(),
  wallMs: () => Date.now(),
};
