-- Submits the shopper's own cart to the judge; again is the same answer, with the word "again" behind it.
-- Runs under the lease of one opening (SALE, EPOCH).
-- KEYS: meta, holds, due
-- ARGV: checkout, user, graceMs
-- Replies: submitted, gate_shut, not_found, expired
local meta, holds, due = KEYS[1], KEYS[2], KEYS[3]
local checkout, user, graceMs = ARGV[1], ARGV[2], ARGV[3]

local sale = redis.call("HMGET", meta, "epoch", "open", "settle_ms")
if sale[1] ~= EPOCH or sale[2] ~= "1" then return { "gate_shut" } end

local hold = redis.call("HGET", holds, checkout)
if not hold then return { "not_found" } end
local mode, since, deadline, owner, rest = string.match(hold, "^([^|]*)|([^|]*)|([^|]*)|([^|]*)|(.*)$")
if owner ~= user then return { "not_found" } end
if mode == "submitted" then return { "submitted", hold, "again" } end
local time = redis.call("TIME")
local nowMs = time[1] * 1000 + math.floor(time[2] / 1000)
if mode ~= "cart" or nowMs >= tonumber(deadline) then return { "expired" } end

local submitted = table.concat({ "submitted", since, sale[3], owner, rest }, "|")
redis.call("HSET", holds, checkout, submitted)
redis.call("ZADD", due, nowMs + graceMs, checkout)
return { "submitted", submitted }
