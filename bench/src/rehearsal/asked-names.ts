import type { Question } from "./shipped.ts";

/** Texts, label matchers, durations, and the labels of a grouping: none of them names a metric. */
const BESIDE =
  /"[^"]*"|\{(?:"[^"]*"|[^"}])*\}|\[[^\]]*\]|\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g;
/** A name with "(" behind it is a function's. */
const NAME = /\b[a-zA-Z_:][\w:]*\b(?!\s*\()/g;
const WORDS: ReadonlySet<string> = new Set(["and", "or", "unless", "bool", "offset"]);

/** The metrics that an expression of PromQL asks for, each once. */
export function namesIn(expression: string): string[] {
  const found = expression.replaceAll(BESIDE, " ").match(NAME) ?? [];
  return [...new Set(found.filter((name) => !WORDS.has(name)))];
}

/** What asks for a metric that is not among those known, a sentence each. */
export function unansweredBy(known: ReadonlySet<string>, questions: readonly Question[]): string[] {
  return questions.flatMap(({ asker, expression }) =>
    namesIn(expression)
      .filter((name) => !known.has(name))
      .map((name) => `"${asker}" asks for ${name}, which nobody exports`),
  );
}
