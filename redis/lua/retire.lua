-- Shuts the gate of a closed sale that holds nothing, for good, and lets its keys age out.
-- KEYS: meta, totals, stock, pool, holds, due, buyers, keys
-- ARGV: epoch, keepMs
-- Replies: retired, holds_left, gone
local meta, totals, stock, pool = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local holds, due, buyers, keys = KEYS[5], KEYS[6], KEYS[7], KEYS[8]
local epoch, keepMs = ARGV[1], ARGV[2]

local sale = redis.call("HMGET", meta, "epoch", "open")
if sale[1] ~= epoch then return { "gone" } end
if sale[2] == "1" and redis.call("HLEN", holds) > 0 then return { "holds_left" } end
redis.call("HSET", meta, "open", "0", "retired", "1")
for _, name in ipairs({ meta, totals, stock, pool, holds, due, buyers, keys }) do redis.call("PEXPIRE", name, keepMs) end
if sale[2] ~= "1" then return { "gone" } end
return { "retired" }
