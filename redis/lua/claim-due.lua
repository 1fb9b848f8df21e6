-- Hands out holds that want a look now, longest due first, and puts their next look off for as long again as they are
-- old, within bounds: whoever claims them looks after them, and nobody else is given them meanwhile.
-- KEYS: holds, due
-- ARGV: limit, backoffMsMin, backoffMsMax
-- Replies: claimed
local holds, due = KEYS[1], KEYS[2]
local limit, backoffMsMin, backoffMsMax = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])

local time = redis.call("TIME")
local nowMs = time[1] * 1000 + math.floor(time[2] / 1000)
local reply = { "claimed" }
for _, checkout in ipairs(redis.call("ZRANGEBYSCORE", due, "-inf", string.format("%.0f", nowMs), "LIMIT", 0, limit)) do
  local hold = redis.call("HGET", holds, checkout)
  if hold then
    -- One that cannot be read is as old as can be, and must not fail the others.
    local since = tonumber(string.match(hold, "^[^|]*|(%d+)|") or "0")
    local backoffMs = math.max(backoffMsMin, math.min(backoffMsMax, nowMs - since))
    redis.call("ZADD", due, string.format("%.0f", nowMs + backoffMs), checkout)
    reply[#reply + 1] = checkout
    reply[#reply + 1] = hold
  else
    redis.call("ZREM", due, checkout)
  end
end
return reply
