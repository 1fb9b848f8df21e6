/** So many requests at once, and as many again spread over the window. */
export interface Rate {
  readonly requests: number;
  readonly windowS: number;
}

const RATE = /^([1-9]\d{0,6})\/([1-9]\d{0,4})s$/;

/** Reads `50/1s`: 50 requests a second. Null where it is not a rate. */
export function parseRate(text: string): Rate | null {
  const [, requests, windowS] = RATE.exec(text) ?? [];
  return requests === undefined ? null : { requests: Number(requests), windowS: Number(windowS) };
}
