import { InvalidArgumentError } from "commander";

/** Parses a whole number within bounds. Commander tells the user which option it was. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (/^\d+$/.test(text) && number >= min && number <= max) return number;
    throw new InvalidArgumentError(`Give a whole number from ${min} to ${max}.`);
  };
}

/** Parses a number above zero. */
export function positiveNumber(text: string): number {
  const number = Number(text);
  if (text.trim() !== "" && Number.isFinite(number) && number > 0) return number;
  throw new InvalidArgumentError("Give a number above 0.");
}

/** Parses the address of an api and adds it to those given before. */
export function httpUrl(text: string, before: readonly string[] = []): string[] {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol === "http:" || url?.protocol === "https:") return [...before, url.origin];
  throw new InvalidArgumentError("Give a URL such as http://127.0.0.1:3000.");
}

/** Parses a number of seconds from `min` on. */
export function secondsFrom(min: number): (text: string) => number {
  return (text) => {
    const seconds = Number(text);
    if (text.trim() !== "" && Number.isFinite(seconds) && seconds >= min && seconds <= SECONDS_MAX) return seconds;
    throw new InvalidArgumentError(`Give a number of seconds from ${min} to ${SECONDS_MAX}.`);
  };
}

const SECONDS_MAX = 86_400;
