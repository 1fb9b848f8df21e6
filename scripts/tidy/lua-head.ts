/** Reads the head of a Lua script: what it is for, KEYS, ARGV, Replies. The grammar is told in lua-header.ts. */
import { type ProjectFile, type Violation, violationAt } from "./project.ts";

/** What the head says of KEYS or of ARGV. */
export interface Parameters {
  readonly list: "KEYS" | "ARGV";
  readonly names: readonly string[];
  /** The list ends with `...`: further values may follow. */
  readonly isVariadic: boolean;
  readonly offset: number;
}

export interface LuaHead {
  readonly keys: Parameters;
  readonly argv: Parameters;
  readonly replies: { readonly words: readonly string[]; readonly offset: number };
}

interface Field {
  readonly name: string;
  readonly text: string;
  readonly offset: number;
}

const FIELD = /^-- (KEYS|ARGV|Replies):\s*(.*)$/;
const CONTINUATION = /^-- {2,}(\S.*)$/;

/** The head, or what keeps it from being one. */
export function luaHeadOf(file: ProjectFile): { head?: LuaHead; faults: Violation[] } {
  const fields = fieldsOf(file.text);
  const [keys, argv, replies] = fields;
  const faults: Violation[] = [];
  const complain = (offset: number, message: string) => faults.push(violationAt(file, offset, message));

  if (!/^-- (?!KEYS:|ARGV:|Replies:)\S/.test(file.text))
    complain(0, "the first line says what the script is for: -- …");
  if (fields.map(({ name }) => name).join() !== "KEYS,ARGV,Replies" || !keys || !argv || !replies) {
    complain(0, "the head has -- KEYS:, -- ARGV: and -- Replies:, once each and in this order");
    return { faults };
  }
  for (const { name, text, offset } of fields) {
    const wrong = entriesOf(name, text).find((entry) => !/^[a-z]\w*$/i.test(entry));
    if (wrong !== undefined) complain(offset, `"${wrong}" in -- ${name} is not a name`);
  }
  const words = entriesOf(replies.name, replies.text);
  if (words.length === 0) complain(replies.offset, "a script replies with at least one word");
  if (faults.length > 0) return { faults };
  return {
    head: { keys: parametersOf("KEYS", keys), argv: parametersOf("ARGV", argv), replies: { ...replies, words } },
    faults,
  };
}

function fieldsOf(text: string): Field[] {
  const fields: Field[] = [];
  let offset = 0;
  let isOpen = false;
  for (const line of text.split("\n")) {
    if (!line.startsWith("--")) break;
    const [, name, start] = FIELD.exec(line) ?? [];
    const more: string | undefined = isOpen ? CONTINUATION.exec(line)?.[1] : undefined;
    const last = fields.at(-1);
    isOpen = name !== undefined || more !== undefined;
    if (name !== undefined) fields.push({ name, text: start ?? "", offset });
    else if (more !== undefined && last) fields[fields.length - 1] = { ...last, text: `${last.text} ${more}` };
    offset += line.length + 1;
  }
  return fields;
}

/** Replies: the first word of each. KEYS and ARGV: the names before the dots. */
function entriesOf(field: string, text: string): string[] {
  const isReplies = field === "Replies";
  const listed = isReplies ? text : (text.split("...")[0] ?? "");
  const entries = listed.split(isReplies ? /[;,]/ : ",").map((entry) => entry.trim());
  const named = entries.filter((entry) => entry !== "" && entry !== "none");
  return isReplies ? named.map((entry) => entry.split(/\s/)[0] ?? "") : named;
}

const parametersOf = (list: Parameters["list"], { name, text, offset }: Field): Parameters => ({
  list,
  names: entriesOf(name, text),
  isVariadic: text.includes("..."),
  offset,
});
