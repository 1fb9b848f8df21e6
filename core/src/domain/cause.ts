const CAUSE_CHARS_MAX = 300;
const CAUSES_MAX = 8;

/**
 * The reason at the bottom of an error, with its code, as one bounded line. What is wrapped around it quotes the statement
 * and its parameters, which are the shopper's; of such a statement alone they are cut off.
 */
export function causeOf(thrown: unknown): string {
  let bottom = thrown;
  for (let depth = 0; depth < CAUSES_MAX && bottom instanceof Error && bottom.cause instanceof Error; depth += 1) {
    bottom = bottom.cause;
  }
  return withoutParameters(lineOf(bottom))
    .replace(/\p{Cc}+/gu, " ")
    .slice(0, CAUSE_CHARS_MAX);
}

function lineOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  const { code } = thrown as { readonly code?: unknown };
  return `${typeof code === "string" ? code : thrown.name}: ${thrown.message}`;
}

/** An error's message without what Drizzle ends it with: the parameters of the statement, which are a shopper's. */
export function withoutParameters(message: string): string {
  return message.replace(/\nparams: .*$/s, "");
}
