import { InvalidArgumentError } from "commander";

/** Parses an option that is a count. Commander tells the user which one it was. */
export function count(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1) return value;
  throw new InvalidArgumentError("a whole number from 1 on is wanted");
}
