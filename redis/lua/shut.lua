-- Shuts a gate in favour of a newer epoch: from here no leased script of an older one does anything.
-- KEYS: meta
-- ARGV: epoch
-- Replies: shut, superseded
local meta = KEYS[1]
local epoch = ARGV[1]

local current = redis.call("HGET", meta, "epoch")
if current and tonumber(current) >= tonumber(epoch) then return { "superseded" } end
redis.call("HSET", meta, "epoch", epoch, "open", "0")
return { "shut" }
