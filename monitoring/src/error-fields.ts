import { withoutParameters } from "@flashgate/core";

/** What is logged of an error. Bounded: an error that quotes its statement can be as long as a page of checkouts. */
export interface ErrorFields {
  readonly type: string;
  readonly message: string;
  readonly code?: string;
  readonly stack?: string;
  readonly cause?: ErrorFields;
  /** The parts of an AggregateError: one refusal per address, say. */
  readonly errors?: readonly ErrorFields[];
}

const MESSAGE_CHARS_MAX = 2_000;
const FRAMES_MAX = 20;
const PARTS_MAX = 4;
const DEPTH_MAX = 4;

/**
 * The known fields of anything thrown. Other properties are left out: clients hang the command and its arguments on
 * their errors, and with them passwords and whatever a shopper sent.
 */
export function errorFields(thrown: unknown, depth = 1): ErrorFields {
  if (!(thrown instanceof Error)) return { type: typeof thrown, message: cut(String(thrown)) };
  const { name, message, stack, cause } = thrown;
  const { code } = thrown as NodeJS.ErrnoException;
  const deeper = (inner: unknown) => errorFields(inner, depth + 1);
  const goesOn = depth < DEPTH_MAX;
  return {
    type: name,
    message: cut(withoutParameters(message)),
    ...(typeof code === "string" && { code }),
    ...(stack !== undefined && { stack: framesOf(stack) }),
    ...(goesOn && cause !== undefined && { cause: deeper(cause) }),
    ...(goesOn && thrown instanceof AggregateError && { errors: thrown.errors.slice(0, PARTS_MAX).map(deeper) }),
  };
}

function cut(text: string, charsMax = MESSAGE_CHARS_MAX): string {
  return text.length > charsMax ? `${text.slice(0, charsMax)}…` : text;
}

/** Without the message, which a stack repeats. */
function framesOf(stack: string): string {
  const frames = stack.split("\n").filter((line) => /^\s+at /.test(line));
  return frames
    .slice(0, FRAMES_MAX)
    .map((frame) => frame.trim())
    .join("\n");
}

const BRIEF_CHARS_MAX = 300;

/** An error in one line: its cause's code and message, which say more than those of what wrapped it. */
export function briefOf(thrown: unknown): string {
  const chain = chainOf(thrown);
  const root = chain.at(-1);
  if (root === undefined) return cut(String(thrown), BRIEF_CHARS_MAX);
  const { name, message, code } = root;
  return cut(`${typeof code === "string" ? code : name}: ${message}`, BRIEF_CHARS_MAX);
}

/** What errors of one origin have in common: types and codes, their own and their causes'. */
export function originOf(thrown: unknown): string {
  return chainOf(thrown)
    .map(({ name, code }) => (typeof code === "string" ? `${name} ${code}` : name))
    .join(" < ");
}

function chainOf(thrown: unknown): NodeJS.ErrnoException[] {
  const chain: NodeJS.ErrnoException[] = [];
  for (let error = thrown; error instanceof Error && chain.length < DEPTH_MAX; error = error.cause) chain.push(error);
  return chain;
}
