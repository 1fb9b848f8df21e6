import { type Palette, palette } from "../palette.ts";

/** Whether output goes to a person's terminal: there a line may be redrawn. */
export function isTerminal(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY === true && process.env["TERM"] !== "dumb";
}

/** Colours for people who look at a terminal and did not set NO_COLOR. */
export function colours(stream: NodeJS.WriteStream): Palette {
  return palette(isTerminal(stream) && !process.env["NO_COLOR"]);
}

/** One result on standard output. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

export function printJson(value: object): void {
  print(JSON.stringify(value, null, 2));
}
