/** Finds the functions of a TypeScript text by their brackets; no parser needed. */

export interface FunctionSpan {
  readonly name: string;
  /** Offsets of the bracket before the parameters and of the closing brace. */
  readonly start: number;
  readonly end: number;
}

interface Token {
  readonly text: string;
  readonly at: number;
}

const TOKEN = /[\w$#]+|=>|"[^"]*"|'[^']*'|\S/g;
const OPENING = new Set(["(", "[", "{"]);
const CLOSING = new Set([")", "]", "}"]);
const CONTROL = new Set(["if", "for", "while", "switch", "catch", "with", "await"]);
const NEVER_BEFORE_A_METHOD = new Set(["case", "extends"]);
const BEFORE_AN_ARROW = new Set(["async", "return", "default", "yield", "await"]);
const TYPE_PREFIXES = new Set(["|", "&", "keyof", "typeof", "readonly", "unique", "asserts", "infer", "new"]);
const TYPE_CONNECTIVES = new Set(["|", "&", ".", "is"]);

/**
 * Functions, methods and arrow functions that have a block for a body, nested ones included.
 * `code` has comments, strings and regular expressions blanked (see mask.ts).
 */
export function functionsIn(code: string): FunctionSpan[] {
  const tokens = [...code.matchAll(TOKEN)].map(({ 0: text, index: at }) => ({ text, at }));
  const closings = closingBrackets(tokens);
  const word = (index: number) => tokens[index]?.text ?? "";
  const byBody = new Map<number, FunctionSpan>();

  tokens.forEach((token, open) => {
    const close = closings.get(open);
    if (token.text !== "(" || close === undefined) return;
    if (CONTROL.has(word(open - 1)) || NEVER_BEFORE_A_METHOD.has(word(open - 2))) return;
    const afterType = word(close + 1) === ":" ? skipType(tokens, closings, close + 2) : close + 1;
    const isArrow = word(afterType) === "=>";
    // in `a ? b(c) : (d) => {…}` the brackets of `b` are a call, not parameters
    if (isArrow && isWord(word(open - 1)) && !BEFORE_AN_ARROW.has(word(open - 1))) return;
    const body = isArrow ? afterType + 1 : afterType;
    const end = word(body) === "{" ? tokens[closings.get(body) ?? body] : undefined;
    // the brackets of a return type reach the body as well, but after the parameters
    if (!end || byBody.has(body)) return;
    byBody.set(body, { name: nameOf(tokens, open, isArrow), start: token.at, end: end.at });
  });
  return [...byBody.values()];
}

function closingBrackets(tokens: readonly Token[]): Map<number, number> {
  const closings = new Map<number, number>();
  const open: number[] = [];
  tokens.forEach(({ text }, index) => {
    if (OPENING.has(text)) open.push(index);
    const opening = CLOSING.has(text) ? open.pop() : undefined;
    if (opening !== undefined) closings.set(opening, index);
  });
  return closings;
}

/** The index of the first token after the type that starts at `start`. */
function skipType(tokens: readonly Token[], closings: ReadonlyMap<number, number>, start: number): number {
  const word = (index: number) => tokens[index]?.text ?? "";
  const skipOperand = (index: number) => (closings.get(index) ?? index) + 1;
  let at = start;
  while (at < tokens.length) {
    while (TYPE_PREFIXES.has(word(at))) at += 1;
    at = skipOperand(at);
    while (word(at) === "[" || word(at) === "<") at = word(at) === "[" ? skipOperand(at) : skipAngles(tokens, at);
    const isFunctionType = word(at - 1) === ")" && word(at) === "=>" && word(at + 1) !== "{";
    if (!TYPE_CONNECTIVES.has(word(at)) && !isFunctionType) return at;
    at += 1;
  }
  return at;
}

function skipAngles(tokens: readonly Token[], start: number): number {
  let depth = 0;
  for (let at = start; at < tokens.length; at += 1) {
    if (tokens[at]?.text === "<") depth += 1;
    if (tokens[at]?.text === ">") depth -= 1;
    if (depth === 0) return at + 1;
  }
  return tokens.length;
}

function nameOf(tokens: readonly Token[], open: number, isArrow: boolean): string {
  const word = (index: number) => tokens[index]?.text ?? "";
  let before = open - 1;
  if (word(before) === ">") before = openingAngle(tokens, before) - 1;
  if (word(before) === "async") before -= 1;
  if (!isArrow) return isWord(word(before)) && word(before) !== "function" ? word(before) : "a function";
  return /^[=:]$/.test(word(before)) && isWord(word(before - 1)) ? word(before - 1) : "an arrow function";
}

function openingAngle(tokens: readonly Token[], close: number): number {
  let depth = 0;
  for (let at = close; at > 0; at -= 1) {
    if (tokens[at]?.text === ">") depth += 1;
    if (tokens[at]?.text === "<") depth -= 1;
    if (depth === 0) return at;
  }
  return close;
}

const isWord = (text: string) => /^[\w$#]+$/.test(text);
