/** A number in [0, 1): spreads out what many pages would do at once. */
export const random = (): number => Math.random();
