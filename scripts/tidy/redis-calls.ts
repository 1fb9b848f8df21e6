/** Lua lives in .lua files, and scripts reach Redis in one way: EVALSHA of what the recovery loaded. */
import { type Ban, forbid } from "./forbid.ts";
import { maskOf } from "./mask.ts";
import { isScript, isSource } from "./places.ts";
import type { Rule } from "./project.ts";

const MOVE = "write it in redis/lua/<verb>.lua";
const LEASE = "send EVALSHA only; a script that is not there is a shut gate";

const IN_TEXT: readonly Ban[] = [
  {
    pattern: /\bredis\s*\.\s*p?call\b/g,
    mend: `${MOVE}; if it is a command and no script, use the client's own method`,
  },
];

const IN_SOURCE_TEXT: readonly Ban[] = [
  { pattern: /\bFCALL(?:_RO)?\b/gi, mend: LEASE },
  { pattern: /(?<=["'`])EVAL(?:_RO)?(?=["'`])/gi, mend: MOVE },
];

const IN_SOURCE_CODE: readonly Ban[] = [
  { pattern: /\beval(?:_?ro)?\s*\(/gi, mend: MOVE },
  { pattern: /\bdefineCommand\b/g, mend: LEASE },
  { pattern: /\bkeyPrefix\b/g, mend: "build the key in the file of keys" },
];

export const redisCalls: Rule = {
  name: "redis-calls",
  why: "a restart empties Redis's script cache and so shuts the gate; whoever reloads a script behind it reopens it",
  check: (project) => {
    // the rules and their tests spell what they forbid
    const scripts = project.filter(({ path }) => isScript(path) && !path.startsWith("scripts/"));
    const sources = scripts.filter(({ path }) => isSource(path));
    return [
      ...forbid(scripts, (file) => maskOf(file).uncommented, IN_TEXT),
      ...forbid(sources, (file) => maskOf(file).uncommented, IN_SOURCE_TEXT),
      ...forbid(sources, (file) => maskOf(file).code, IN_SOURCE_CODE),
    ];
  },
};
