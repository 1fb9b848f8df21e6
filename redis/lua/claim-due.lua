-- Hands out holds that want a look now, longest due first, and puts their next look off for as long again as they are
-- old, within bounds: whoever claims them looks after them, and nobody else is given them meanwhile.
-- KEYS: holds, due
-- ARGV: limit, backoffMsMin, backoffMsMax
-- Replies: claimed
local holds, due = KEYS[1], KEYS[2]
local limit, backoffMsMin, backoffMsMax = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])

local time = redis.call("TIME")
local nowMs = time[1] * 1000 + math.floor(time[2] / 1000)
local ids = redis.call("ZRANGEBYSCORE", due, "-inf", string.format("%.0f", nowMs), "LIMIT", 0, limit)
if #ids == 0 then return { "claimed" } end

local reply = { "claimed" }
local looks, gone = {}, {}
for i, hold in ipairs(redis.call("HMGET", holds, unpack(ids))) do
  local checkout = ids[i]
  if hold then
    -- One that cannot be read is as old as can be, and must not fail the others.
    local since = tonumber(string.match(hold, "^[^|]*|(%d+)|") or "0")
    local backoffMs = math.max(backoffMsMin, math.min(backoffMsMax, nowMs - since))
    looks[#looks + 1] = string.format("%.0f", nowMs + backoffMs)
    looks[#looks + 1] = checkout
    reply[#reply + 1] = checkout
    reply[#reply + 1] = hold
  else
    gone[#gone + 1] = checkout
  end
end
if #gone > 0 then redis.call("ZREM", due, unpack(gone)) end
if #looks > 0 then redis.call("ZADD", due, unpack(looks)) end
return reply
