/** Finds what a Lua script replies: the returns of the script itself, not those of its local functions. */
import { maskOf } from "./mask.ts";
import type { ProjectFile } from "./project.ts";

export interface LuaReply {
  /** The word the reply starts with; undefined when the return does not spell one. */
  readonly word: string | undefined;
  readonly offset: number;
}

interface Token {
  readonly text: string;
  readonly at: number;
}

const TOKEN = /[A-Za-z_]\w*|"[^"]*"|'[^']*'|\S/g;
/** Each is closed by one `end`, or `until`; the `do` stands for its `for` or `while`. */
const OPENERS = new Set(["function", "if", "do", "repeat"]);
const CLOSERS = new Set(["end", "until"]);

/** Every reply in the order of the text; `redis.error_reply(…)` is a fault and no reply. */
export function luaRepliesOf(file: ProjectFile): LuaReply[] {
  const { code } = maskOf(file);
  const tokens = [...code.matchAll(TOKEN)].map(({ 0: text, index: at }) => ({ text, at }));
  const wordAt = (token: Token | undefined) =>
    token && /^["']/.test(token.text) ? file.text.slice(token.at + 1, token.at + token.text.length - 1) : undefined;
  const tables = tablesIn(tokens, wordAt);
  const blocks: string[] = [];

  return tokens.flatMap((token, index) => {
    if (OPENERS.has(token.text)) blocks.push(token.text);
    if (CLOSERS.has(token.text)) blocks.pop();
    if (token.text !== "return" || blocks.includes("function")) return [];
    const value = tokens[index + 1];
    if (value?.text === "redis" && tokens[index + 3]?.text === "error_reply") return [];
    const word = value?.text === "{" ? wordAt(tokens[index + 2]) : (wordAt(value) ?? tables.get(value?.text ?? ""));
    return [{ word, offset: token.at }];
  });
}

/** The locals that were set to `{ "word", … }`, with that word. */
function tablesIn(tokens: readonly Token[], wordAt: (token: Token | undefined) => string | undefined) {
  const tables = new Map<string, string>();
  tokens.forEach(({ text }, index) => {
    const [name, equals, brace, first] = tokens.slice(index + 1, index + 5);
    const word = wordAt(first);
    if (text === "local" && name && equals?.text === "=" && brace?.text === "{" && word !== undefined) {
      tables.set(name.text, word);
    }
  });
  return tables;
}
