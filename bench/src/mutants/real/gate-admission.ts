/** Guards of the gate in Redis: what a reservation checks before it writes. */
import { patch, type RealMutant } from "../mutant.ts";
import { GATE_TESTS } from "./gate-tests.ts";

const RESERVE = "redis/lua/reserve.lua";
const PAUSE = "redis/lua/pause.lua";
const FIRST_CHECK = 'if key ~= "" then\n    local entry';

export const ADMISSION_MUTANTS: readonly RealMutant[] = [
  {
    name: "redis-key-not-looked-up",
    guard: "an idempotency key answers with its checkout",
    patches: [patch(RESERVE, FIRST_CHECK, "if false then\n    local entry")],
    tests: GATE_TESTS,
  },
  {
    name: "redis-key-any-fingerprint",
    guard: "a key with another request is refused",
    patches: [patch(RESERVE, 'if knownFingerprint ~= fingerprint then return { "key_reused" } end', "")],
    tests: GATE_TESTS,
  },
  {
    name: "redis-key-not-kept",
    guard: "a hold's key is kept",
    patches: [patch(RESERVE, '("HSET", keys, unpack(newKeys))', '("HMGET", keys, unpack(newKeys))')],
    tests: GATE_TESTS,
  },
  {
    name: "redis-key-unknown-to-its-batch",
    guard: "a key is known to those that are judged in the same call",
    patches: [patch(RESERVE, "known[name] = entry", "")],
    tests: GATE_TESTS,
  },
  {
    name: "redis-hold-unknown-to-its-batch",
    guard: "a hold is known to those that are judged in the same call",
    patches: [patch(RESERVE, "written[checkout] = text", "")],
    tests: GATE_TESTS,
  },
  {
    name: "redis-batch-limit-alone",
    guard: "what a user takes counts against what the same user asks for in the same call",
    patches: [patch(RESERVE, "bought[user] = bought[user] + units", "")],
    tests: GATE_TESTS,
  },
  {
    name: "redis-batch-backlog-alone",
    guard: "the holds of a call count against the cap of the backlog",
    patches: [patch(RESERVE, "heldCount = heldCount + 1", "")],
    tests: GATE_TESTS,
  },
  {
    name: "redis-batch-draws-for-one",
    guard: "enough items are drawn for all that ask for any in the same call",
    patches: [patch(RESERVE, "for i = from, #asked do", "for i = from, from do")],
    tests: GATE_TESTS,
  },
  {
    name: "redis-paused-admits",
    guard: "a paused sale admits nobody",
    patches: [patch(RESERVE, 'if sale[3] == "1" then return { "sale_paused" } end', "")],
    tests: GATE_TESTS,
  },
  {
    name: "redis-pause-takes-older-word",
    guard: "a gate takes no older word of a pause than the one it has",
    patches: [patch(PAUSE, 'if tonumber(version) > tonumber(sale[3] or "0") then', "if true then")],
    tests: GATE_TESTS,
  },
  {
    name: "redis-pause-at-any-opening",
    guard: "only the open gate of that epoch says that it was told",
    patches: [patch(PAUSE, 'if sale[1] ~= EPOCH or sale[2] ~= "1" then return { "gate_shut" } end', "")],
    tests: GATE_TESTS,
  },
  {
    name: "redis-admits-early",
    guard: "nobody is admitted before the window, by the server's time",
    patches: [patch(RESERVE, 'if nowMs < opensMs then return { "sale_not_open" } end', "")],
    tests: GATE_TESTS,
  },
  {
    name: "redis-admits-late",
    guard: "nobody is admitted after the window, by the server's time",
    patches: [patch(RESERVE, 'if nowMs >= closesMs then return { "sale_closed" } end', "")],
    tests: GATE_TESTS,
  },
  {
    name: "redis-no-backlog-cap",
    guard: "the backlog of holds is capped",
    patches: [patch(RESERVE, "heldCount >= backlog", "heldCount < 0")],
    tests: GATE_TESTS,
  },
  {
    name: "redis-demand-not-summed",
    guard: "an item's demand is summed over repeated lines",
    patches: [patch(RESERVE, "wanted[item] = (wanted[item] or 0) + quantity", "wanted[item] = quantity")],
    tests: GATE_TESTS,
  },
  {
    name: "redis-sold-out-ignored",
    guard: "no more units are taken than are left",
    patches: [patch(RESERVE, 'if available < units then return { "sold_out" } end', "")],
    tests: GATE_TESTS,
  },
  {
    name: "redis-item-stock-ignored",
    guard: "no more units of an item are taken than it has",
    patches: [patch(RESERVE, 'if left[item] < wanted[item] then return { "item_taken", item } end', "")],
    tests: GATE_TESTS,
  },
  {
    name: "redis-limit-ignored",
    guard: "no user takes more than the limit",
    patches: [
      patch(RESERVE, 'if bought[user] + units > limit then return { "user_limit", limit - bought[user] } end', ""),
    ],
    tests: GATE_TESTS,
  },
  {
    name: "redis-any-takes-named-again",
    guard: "units of whatever is left come on top of the named ones of the same item",
    patches: [patch(RESERVE, "left[item] > (wanted[item] or 0)", "left[item] > 0")],
    tests: GATE_TESTS,
  },
  {
    name: "redis-pool-keeps-sold-out-items",
    guard: "an item without stock leaves the pool",
    patches: [patch(RESERVE, '("SREM", pool, unpack(gone))', '("SMISMEMBER", pool, unpack(gone))')],
    tests: GATE_TESTS,
  },
  {
    name: "redis-write-before-checks",
    guard: "all checks come before the first write",
    patches: [patch(RESERVE, "  local cart\n", '  redis["call"]("HINCRBY", buyers, user, units)\n  local cart\n')],
    tests: GATE_TESTS,
  },
];
