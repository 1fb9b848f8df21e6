/**
 * The head of a Lua script is its signature, and the body keeps to it.
 *
 *     -- Takes units off the stock for one checkout, or says why not.     purpose: one or more lines
 *     -- KEYS: meta, totals, stock, pool,                                 names in the order of KEYS
 *     --   holds, buyers                                                  two spaces or more: the line goes on
 *     -- ARGV: checkout, user, now, ... item, quantity of each line       `...`: any number of further values,
 *     -- Replies: held items left; replay checkout; sold_out              and what they are; `none`: no names
 *     local meta, totals, stock, pool = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
 *     local holds, buyers = KEYS[5], KEYS[6]
 *     local checkout, user, now = ARGV[1], ARGV[2], tonumber(ARGV[3])
 *
 * - Each name of the head is bound once, in order, by `local name = KEYS[i]` (one or several to a statement, a
 *   conversion around the value is fine); after that the body says the name. KEYS and ARGV as a whole, or with a
 *   computed index, need the `...`.
 * - Replies are separated by `;` or `,`. The first word is the reply, the others name what comes with it.
 * - The script itself (not its local functions) returns `"word"`, `{ "word", … }`, a local that was set to
 *   `{ "word", … }`, or `redis.error_reply(…)` for what must not happen.
 */
import { type LuaHead, luaHeadOf, type Parameters } from "./lua-head.ts";
import { luaRepliesOf } from "./lua-replies.ts";
import { maskOf } from "./mask.ts";
import { type ProjectFile, type Rule, type Violation, violationAt } from "./project.ts";

export const luaHeader: Rule = {
  name: "lua-header",
  why: "a caller reads the head only; a head that nobody checks drifts from its body",
  check: (project) =>
    project
      .filter(({ path }) => /^redis\/lua\/.*\.lua$/.test(path))
      .flatMap((file) => {
        const { head, faults } = luaHeadOf(file);
        return head ? [...checkParameters(file, head), ...checkReplies(file, head)] : faults;
      }),
};

interface Binding {
  readonly name: string;
  readonly list: string;
  readonly position: number;
  readonly offset: number;
}

const VALUE = /(?:[\w.]+\s*\(\s*)?(KEYS|ARGV)\s*\[\s*(\d+)\s*\](?:\s*\))?/;
const BINDING = new RegExp(`\\blocal\\s+([\\w\\s,]+?)\\s*=\\s*(${VALUE.source}(?:\\s*,\\s*${VALUE.source})*)`, "g");
const MENTION = /\b(KEYS|ARGV)\b(?:\s*\[\s*([^\]]*?)\s*\])?/g;

function checkParameters(file: ProjectFile, head: LuaHead): Violation[] {
  const { code } = maskOf(file);
  const bindings = bindingsIn(code);
  const rest = code.replace(BINDING, (statement) => statement.replace(/\b(?:KEYS|ARGV)\b/g, "    "));
  return [head.keys, head.argv].flatMap((parameters) => [
    ...checkBindings(
      file,
      parameters,
      bindings.filter(({ list }) => list === parameters.list),
    ),
    ...checkMentions(file, parameters, rest),
  ]);
}

function bindingsIn(code: string): Binding[] {
  return [...code.matchAll(BINDING)].flatMap(({ 0: statement, 1: names = "", 2: values = "", index }) => {
    const nameAt = names.split(",").map((name) => name.trim());
    const valuesStart = index + statement.length - values.length;
    return [...values.matchAll(new RegExp(VALUE, "g"))].map(({ 1: list = "", 2: position, index: at }, order) => ({
      name: nameAt[order] ?? "nothing",
      list,
      position: Number(position),
      offset: valuesStart + at,
    }));
  });
}

/** The bindings, in the order of the text, must be the names of the head, in the order of the head. */
function checkBindings(
  file: ProjectFile,
  { list, names, isVariadic, offset }: Parameters,
  bindings: readonly Binding[],
) {
  const violations: Violation[] = [];
  bindings.forEach((binding, order) => {
    const declared = names[binding.position - 1];
    const said = `${list}[${binding.position}]`;
    const complain = (message: string) => violations.push(violationAt(file, binding.offset, message));
    if (declared === undefined) {
      if (!isVariadic) complain(`${said} is not in the head: add "${binding.name}" to -- ${list}`);
    } else if (declared !== binding.name) {
      complain(`${said} is "${declared}" in the head and "${binding.name}" here: use one name`);
    } else if (binding.position !== order + 1) {
      complain(`${said} is bound as number ${order + 1}: bind each name once, in the order of the head`);
    }
  });
  const bound = new Set(bindings.map(({ position }) => position));
  names.forEach((name, index) => {
    if (!bound.has(index + 1)) {
      const mend = `bind it (local ${name} = ${list}[${index + 1}]) or take it out`;
      violations.push(violationAt(file, offset, `"${name}" is in -- ${list} and nowhere in the body: ${mend}`));
    }
  });
  return violations;
}

/** What is left of KEYS and ARGV outside the bindings. */
function checkMentions(file: ProjectFile, { list, names, isVariadic }: Parameters, rest: string): Violation[] {
  return [...rest.matchAll(MENTION)].flatMap(({ 0: found, 1: mentioned, 2: position, index }) => {
    const name = position === undefined ? undefined : names[Number(position) - 1];
    if (mentioned !== list || (name === undefined && isVariadic)) return [];
    const mend = name === undefined ? `the head declares no such ${list}: name it, or end with "..."` : `say ${name}`;
    return [violationAt(file, index, `${found}: ${mend}`)];
  });
}

function checkReplies(file: ProjectFile, { replies }: LuaHead): Violation[] {
  const returned = luaRepliesOf(file);
  const words = new Set(returned.map(({ word }) => word));
  return [
    ...returned.flatMap(({ word, offset }) => {
      if (word === undefined) return [violationAt(file, offset, "a reply starts with a word that is spelled out here")];
      if (replies.words.includes(word)) return [];
      return [violationAt(file, offset, `reply "${word}" is not in the head: add it to -- Replies`)];
    }),
    ...replies.words
      .filter((word) => !words.has(word))
      .map((word) => violationAt(file, replies.offset, `reply "${word}" is never returned: take it out of -- Replies`)),
  ];
}
