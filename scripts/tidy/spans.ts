/** Finds what is not code: comments, the contents of strings and templates, regular expressions. */

export interface Span {
  readonly kind: "comment" | "string" | "regex";
  /** Offsets into the text, end exclusive; a string's span leaves its quotes out. */
  readonly start: number;
  readonly end: number;
}

const LUA_SPAN = /--\[\[[\s\S]*?\]\]|--.*|\[\[[\s\S]*?\]\]|"(?:\\[\s\S]|[^"\\\n])*"|'(?:\\[\s\S]|[^'\\\n])*'/g;

/** The spans of a Lua text, in order. */
export function luaSpans(text: string): Span[] {
  return [...text.matchAll(LUA_SPAN)].map(({ 0: found, index: start }) => {
    const end = start + found.length;
    if (found.startsWith("--")) return { kind: "comment", start, end };
    const quote = found.startsWith("[[") ? 2 : 1;
    return { kind: "string", start: start + quote, end: end - quote };
  });
}

const TOKEN = new RegExp(
  [
    /(?<space>\s+)/,
    /(?<comment>\/\/.*|\/\*[\s\S]*?(?:\*\/|$))/,
    /(?<string>"(?:\\[\s\S]|[^"\\\n])*"|'(?:\\[\s\S]|[^'\\\n])*')/,
    /(?<word>[\w$]+)/,
    /(?<mark>[\s\S])/,
  ]
    .map((pattern) => pattern.source)
    .join("|"),
  "y",
);
const TEMPLATE_TEXT = /(?:\\[\s\S]|\$(?!\{)|[^\\`$]+)*/y;
const REGEX = /\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*/y;

const VALUE_END = /^(?:[\w$]+|[)\]}"`])$/;
const WORDS_BEFORE_A_REGEX = new Set(
  "return typeof case in of delete void throw new else do instanceof yield await".split(" "),
);

/**
 * The spans of a TypeScript or JavaScript text, in order. A slash opens a regular expression where no value ends
 * before it; the code inside `${…}` of a template is code. JSX is not understood.
 */
export function typescriptSpans(text: string): Span[] {
  const spans: Span[] = [];
  /** For each `${` still open, innermost last: how many braces are open inside it. */
  const holes: number[] = [];
  let previous = "";
  let at = 0;

  const match = (pattern: RegExp) => {
    pattern.lastIndex = at;
    return pattern.exec(text);
  };
  const mark = (kind: Span["kind"], length: number, quote = 0) => {
    spans.push({ kind, start: at + quote, end: at + length - quote });
    at += length;
  };
  const templateText = () => {
    mark("string", match(TEMPLATE_TEXT)?.[0].length ?? 0);
    const closed = text[at] === "`";
    if (!closed) holes.push(0);
    previous = closed ? "`" : "{";
    at += closed ? 1 : 2;
  };
  const brace = (step: 1 | -1) => {
    const hole = holes.pop();
    if (hole === 0 && step === -1) return templateText();
    if (hole !== undefined) holes.push(hole + step);
  };

  while (at < text.length) {
    const { space, comment, string, word } = match(TOKEN)?.groups ?? {};
    const character = text.charAt(at);
    if (space) at += space.length;
    else if (comment) mark("comment", comment.length);
    else if (string) {
      mark("string", string.length, 1);
      previous = '"';
    } else if (word) {
      at += word.length;
      previous = word;
    } else {
      const endsValue = VALUE_END.test(previous) && !WORDS_BEFORE_A_REGEX.has(previous);
      const regex = character === "/" && !endsValue ? match(REGEX)?.[0] : undefined;
      if (regex) {
        mark("regex", regex.length);
        previous = "`";
        continue;
      }
      at += 1;
      previous = character;
      if (character === "`") templateText();
      if (character === "{") brace(1);
      if (character === "}") brace(-1);
    }
  }
  return spans;
}
