import { describe, expect, it } from "vitest";
import { luaHeader } from "../tidy/lua-header.ts";
import { findings } from "./findings.ts";

const SCRIPT = `-- Takes units off the stock for one checkout, or says why not.
-- Checks first and writes last: an error does not undo what was written.
-- KEYS: meta, stock,
--   holds
-- ARGV: checkout, nowMs, ... item, quantity of each line
-- Replies: held items; replay checkout, closed; sold_out
local meta, stock = KEYS[1], KEYS[2]
local holds = KEYS[3]
local checkout, nowMs = ARGV[1], tonumber(ARGV[2])

local function lineKey(item) return "line:" .. item end

if redis.call("HGET", meta, "epoch") ~= EPOCH then return "closed" end -- not return "late"
if redis.call("EXISTS", holds) == 1 then
  return { "replay", checkout }
end
local reply = { "held" }
for i = 3, #ARGV, 2 do
  if redis.call("HINCRBY", stock, lineKey(ARGV[i]), -ARGV[i + 1]) < 0 then return { 'sold_out', ARGV[i] } end
  reply[#reply + 1] = ARGV[i]
end
if nowMs == nil then return redis.error_reply("nowMs is not a number") end
return reply
`;

const check = (text: string) => findings(luaHeader, { "redis/lua/reserve.lua": text });
const at = (line: number, message: string) => [`redis/lua/reserve.lua:${line} ${message}`];

describe("lua-header", () => {
  it("lets a script pass that keeps to its head", () => {
    expect(check(SCRIPT)).toEqual([]);
  });

  it("lets a script without parameters pass", () => {
    expect(check('-- Says hello.\n-- KEYS: none\n-- ARGV: none\n-- Replies: hello\nreturn "hello"\n')).toEqual([]);
  });

  it.each([
    ["no purpose", /^(.*\n){2}/, "", 1, "the first line says what the script is for: -- …"],
    ["no field", /-- ARGV.*\n/, "", 1, "the head has -- KEYS:, -- ARGV: and -- Replies:, once each and in this order"],
    ["an ill name", "-- ARGV: checkout", "-- ARGV: check out", 5, '"check out" in -- ARGV is not a name'],
    ["no replies", /(?<=-- Replies:).*/, "", 6, "a script replies with at least one word"],
    [
      "another name",
      "local holds =",
      "local keeps =",
      8,
      'KEYS[3] is "holds" in the head and "keeps" here: use one name',
    ],
    [
      "an unnamed key",
      "KEYS[1], KEYS[2]",
      "KEYS[1], KEYS[2]\nlocal pool = KEYS[4]",
      8,
      'KEYS[4] is not in the head: add "pool" to -- KEYS',
    ],
    [
      "an unused key",
      "local holds = KEYS[3]\n",
      "",
      3,
      '"holds" is in -- KEYS and nowhere in the body: bind it (local holds = KEYS[3]) or take it out',
    ],
    ["an index", 'EXISTS", holds', 'EXISTS", KEYS[3]', 14, "KEYS[3]: say holds"],
    [
      "an undeclared index",
      'EXISTS", holds',
      'EXISTS", KEYS[4]',
      14,
      'KEYS[4]: the head declares no such KEYS: name it, or end with "..."',
    ],
    [
      "all keys",
      'EXISTS", holds',
      'EXISTS", unpack(KEYS)',
      14,
      'KEYS: the head declares no such KEYS: name it, or end with "..."',
    ],
    [
      "an unknown reply",
      'return "closed"',
      'return "shut"\nelse return "closed"',
      13,
      'reply "shut" is not in the head: add it to -- Replies',
    ],
    [
      "a reply never given",
      "held items;",
      "held items; paused;",
      6,
      'reply "paused" is never returned: take it out of -- Replies',
    ],
    [
      "a reply not spelled out",
      "return reply",
      "return nowMs and reply",
      23,
      "a reply starts with a word that is spelled out here",
    ],
  ])("refuses %s", (_, before, after, line, message) => {
    expect(check(SCRIPT.replace(before, after))).toContain(at(line, message)[0]);
  });

  it("says one fault once", () => {
    expect(check(SCRIPT.replace('EXISTS", holds', 'EXISTS", KEYS[3]'))).toEqual(at(14, "KEYS[3]: say holds"));
    expect(check(SCRIPT.replace("held items;", "held items; paused;"))).toHaveLength(1);
  });

  it("refuses names bound out of order", () => {
    const swapped = SCRIPT.replace("local meta, stock = KEYS[1], KEYS[2]", "local stock, meta = KEYS[2], KEYS[1]");
    expect(check(swapped)).toEqual([
      ...at(7, "KEYS[2] is bound as number 1: bind each name once, in the order of the head"),
      ...at(7, "KEYS[1] is bound as number 2: bind each name once, in the order of the head"),
    ]);
  });

  it("asks for the dots where values are counted", () => {
    expect(check(SCRIPT.replace(", ... item, quantity of each line", ""))).toEqual(
      [18, 19, 19, 19, 20].map((line) => expect.stringContaining(`reserve.lua:${line} ARGV`)),
    );
  });
});
