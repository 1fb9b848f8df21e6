/** Guards of the gate in Redis: carts, verdicts, sweeps, and the snapshot that a gate is opened with. */
import { patch, type RealMutant } from "../mutant.ts";
import { GATE_TESTS } from "./gate-tests.ts";

const RESERVE = "redis/lua/reserve.lua";
const PURCHASE = "redis/lua/purchase.lua";
const LAPSE = "redis/lua/lapse.lua";
const FINALISE = "redis/lua/finalise.lua";
const CLAIM_DUE = "redis/lua/claim-due.lua";
const RETIRE = "redis/lua/retire.lua";
const OPENING = "redis/src/opening.ts";

export const HOLD_MUTANTS: readonly RealMutant[] = [
  {
    name: "redis-anybody-buys-a-cart",
    guard: "a cart is bought by its owner alone",
    patches: [patch(PURCHASE, 'if owner ~= user then return { "not_found" } end', "")],
    tests: GATE_TESTS,
  },
  {
    name: "redis-anybody-grows-a-cart",
    guard: "a cart is added to by its owner alone",
    patches: [patch(RESERVE, 'if owner ~= user then return { "not_found" } end', "")],
    tests: GATE_TESTS,
  },
  {
    name: "redis-purchase-after-claim",
    guard: "a cart that the gate claimed cannot be bought",
    patches: [patch(PURCHASE, 'if mode ~= "cart" or nowMs', "if nowMs")],
    tests: GATE_TESTS,
    argument:
      "The gate claims a cart past its deadline only, by the clock at which the purchase looks as well; without both looks, redis-purchase-any-cart sells it.",
  },
  {
    name: "redis-purchase-any-cart",
    guard: "the purchase looks at claim and deadline at all",
    patches: [patch(PURCHASE, 'if mode ~= "cart" or nowMs >= tonumber(deadline)', "if false")],
    tests: GATE_TESTS,
  },
  {
    name: "redis-purchase-past-deadline",
    guard: "a cart past its deadline cannot be bought",
    patches: [patch(PURCHASE, 'if mode ~= "cart" or nowMs >= tonumber(deadline)', 'if mode ~= "cart"')],
    tests: GATE_TESTS,
  },
  {
    name: "redis-add-past-deadline",
    guard: "nothing is added to a cart that lapsed",
    patches: [patch(RESERVE, 'if mode == "lapsed" or nowMs >= tonumber(deadline) then return { "expired" } end', "")],
    tests: GATE_TESTS,
  },
  {
    name: "redis-add-to-submitted",
    guard: "nothing is added to what is submitted",
    patches: [patch(RESERVE, 'if mode ~= "cart" then return { "not_a_cart" } end', "")],
    tests: GATE_TESTS,
  },
  {
    name: "redis-lapse-before-deadline",
    guard: "the gate claims no cart before its deadline",
    patches: [patch(LAPSE, 'mode == "cart" and nowMs >= tonumber(deadline)', 'mode == "cart"')],
    tests: GATE_TESTS,
  },
  {
    name: "redis-lapse-submitted",
    guard: "the gate claims nothing that was submitted",
    patches: [patch(LAPSE, 'mode == "cart" and nowMs >= tonumber(deadline)', 'mode ~= "lapsed"')],
    tests: GATE_TESTS,
  },
  {
    name: "redis-claim-not-written",
    guard: "a claimed cart stays claimed",
    patches: [
      patch(
        LAPSE,
        '("HSET", holds, checkout, table.concat({ "lapsed", since, deadline, rest }, "|"))',
        '("HGET", holds, checkout)',
      ),
    ],
    tests: GATE_TESTS,
  },
  {
    name: "redis-finalise-twice",
    guard: "a verdict acts once on a hold: on those still held",
    patches: [patch(FINALISE, '("HDEL", holds, unpack(taken))', '("HMGET", holds, unpack(taken))')],
    tests: GATE_TESTS,
  },
  {
    name: "redis-finalise-twice-at-once",
    guard: "a verdict that is told twice in one call acts once",
    patches: [patch(FINALISE, "if lines and not seen[checkout] then", "if lines then")],
    tests: GATE_TESTS,
  },
  {
    name: "redis-finalise-keeps-allowance",
    guard: "a user gets the allowance back with the units",
    patches: [patch(FINALISE, '("HINCRBY", buyers, hold.user, -units)', '("HGET", buyers, hold.user)')],
    tests: GATE_TESTS,
  },
  {
    name: "redis-finalise-not-back-in-pool",
    guard: "an item that is back in stock is back in the pool",
    patches: [patch(FINALISE, '("SADD", pool, item)', '("SISMEMBER", pool, item)')],
    tests: GATE_TESTS,
  },
  {
    name: "redis-finalise-makes-totals",
    guard: "a verdict leaves a gate that is not there alone",
    patches: [patch(FINALISE, "if count[1] then", "do")],
    tests: GATE_TESTS,
  },
  {
    name: "redis-finalise-always-sells",
    guard: "only what was confirmed is sold",
    patches: [patch(FINALISE, 'if state == "confirmed" then\n    sold', "if true then\n    sold")],
    tests: GATE_TESTS,
  },
  {
    name: "redis-due-claimed-twice",
    guard: "who claims a due hold is the only one for a while",
    patches: [patch(CLAIM_DUE, '("ZADD", due, unpack(looks))', '("HMGET", holds, unpack(ids))')],
    tests: GATE_TESTS,
  },
  {
    name: "redis-due-before-time",
    guard: "a hold is left to its page for a while",
    patches: [patch(CLAIM_DUE, '"-inf", string.format("%.0f", nowMs)', '"-inf", "+inf"')],
    tests: GATE_TESTS,
  },
  {
    name: "redis-retire-over-holds",
    guard: "an open gate that holds something is not retired",
    patches: [patch(RETIRE, '("HLEN", holds) > 0', '("HLEN", holds) < 0')],
    tests: GATE_TESTS,
  },
  {
    name: "redis-retire-any-epoch",
    guard: "only the gate of the closed sale's epoch is retired",
    patches: [patch(RETIRE, 'if sale[1] ~= epoch then return { "gone" } end', "")],
    tests: GATE_TESTS,
  },
];

export const STAGING_MUTANTS: readonly RealMutant[] = [
  {
    name: "redis-staged-under-live-names",
    guard: "a snapshot is put together under temporary names",
    patches: [
      patch("redis/src/keys.ts", "return `${key}:staged`;", "return key;"),
      patch(
        OPENING,
        "      exchange.unlink(to);\n      if (filled) exchange.rename(from, to).persist(to);",
        "      if (filled) exchange.persist(to);",
      ),
    ],
    tests: GATE_TESTS,
  },
  {
    name: "redis-carts-installed-as-submitted",
    guard: "carts stay carts when a gate is opened anew",
    patches: [patch("redis/src/staging.ts", "encodeHold(hold)]", 'encodeHold({ ...hold, mode: "submitted" })]')],
    tests: GATE_TESTS,
  },
  {
    name: "redis-keys-not-installed",
    guard: "idempotency keys outlive a recovery",
    patches: [patch("redis/src/staging.ts", "await put(keys.keys, entries, hash)", "await put(keys.keys, [], hash)")],
    tests: GATE_TESTS,
  },
  {
    name: "redis-buyers-not-installed",
    guard: "what users have bought outlives a recovery",
    patches: [
      patch("redis/src/staging.ts", "await put(keys.buyers, buyers, hash)", "await put(keys.buyers, [], hash)"),
    ],
    tests: GATE_TESTS,
  },
];
