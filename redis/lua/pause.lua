-- Tells an open gate whether its sale is paused. A word older than the one it has changes nothing, so that two who change
-- it at once, and whoever repeats what it read a while ago, cannot undo each other.
-- Runs under the lease of one opening (SALE, EPOCH).
-- KEYS: meta
-- ARGV: paused, version
-- Replies: told, gate_shut
local meta = KEYS[1]
local paused, version = ARGV[1], ARGV[2]

local sale = redis.call("HMGET", meta, "epoch", "open", "pause_version")
if sale[1] ~= EPOCH or sale[2] ~= "1" then return { "gate_shut" } end
if tonumber(version) > tonumber(sale[3] or "0") then
  redis.call("HSET", meta, "paused", paused, "pause_version", version)
end
return { "told" }
