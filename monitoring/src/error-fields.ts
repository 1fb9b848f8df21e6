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
    message: cut(message),
    ...(typeof code === "string" && { code }),
    ...(stack !== undefined && { stack: framesOf(stack) }),
    ...(goesOn && cause !== undefined && { cause: deeper(cause) }),
    ...(goesOn && thrown instanceof AggregateError && { errors: thrown.errors.slice(0, PARTS_MAX).map(deeper) }),
  };
}

function cut(text: string): string {
  return text.length > MESSAGE_CHARS_MAX ? `${text.slice(0, MESSAGE_CHARS_MAX)}…` : text;
}

/** Without the message, which a stack repeats. */
function framesOf(stack: string): string {
  const frames = stack.split("\n").filter((line) => /^\s+at /.test(line));
  return frames
    .slice(0, FRAMES_MAX)
    .map((frame) => frame.trim())
    .join("\n");
}
