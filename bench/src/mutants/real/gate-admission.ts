/** Guards of the gate in Redis: what a reservation checks before it writes. */
import { patch, type RealMutant } from "../mutant.ts";
import { GATE_TESTS } from "./gate-tests.ts";

const RESERVE = "redis/lua/reserve.lua";
const PAUSE = "redis/lua/pause.lua";
const FIRST_CHECK = 'if key ~= "" then\n  local known';

export const ADMISSION_MUTANTS: readonly RealMutant[] = [
  {
    name: "redis-key-not-looked-up",
    guard: "an idempotency key answers with its checkout",
    patches: [patch(RESERVE, FIRST_CHECK, "if false then\n  local known")],
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
    patches: [
      patch(
        RESERVE,
        '("HSET", keys, user .. "|" .. key, fingerprint .. "|" .. checkout)',
        '("HGET", keys, user .. "|" .. key)',
      ),
    ],
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
    patches: [patch(RESERVE, 'if nowMs < tonumber(sale[4]) then return { "sale_not_open" } end', "")],
    tests: GATE_TESTS,
  },
  {
    name: "redis-admits-late",
    guard: "nobody is admitted after the window, by the server's time",
    patches: [patch(RESERVE, 'if nowMs >= tonumber(sale[5]) then return { "sale_closed" } end', "")],
    tests: GATE_TESTS,
  },
  {
    name: "redis-no-backlog-cap",
    guard: "the backlog of holds is capped",
    patches: [patch(RESERVE, '("HLEN", holds) >= tonumber(sale[8])', '("HLEN", holds) < 0')],
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
      patch(
        RESERVE,
        'if bought + units > tonumber(sale[7]) then return { "user_limit", tostring(sale[7] - bought) } end',
        "",
      ),
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
    patches: [patch(RESERVE, '("SREM", pool, item)', '("SISMEMBER", pool, item)')],
    tests: GATE_TESTS,
  },
  {
    name: "redis-write-before-checks",
    guard: "all checks come before the first write",
    patches: [
      patch(RESERVE, '("HGET", buyers, user) or "0")', '("HINCRBY", buyers, user, units)) - units'),
      patch(RESERVE, '("HINCRBY", buyers, user, units)\n\nlocal lineText', '("HGET", buyers, user)\n\nlocal lineText'),
    ],
    tests: GATE_TESTS,
  },
];
