-- Claims carts past their deadline, so that no purchase can overtake their expiry.
-- Runs under the lease of one opening (SALE, EPOCH). Answers with the ids that are lapsed now.
-- KEYS: meta, holds
-- ARGV: ...
-- Replies: lapsed, gate_shut
local meta, holds = KEYS[1], KEYS[2]

local sale = redis.call("HMGET", meta, "epoch", "open")
if sale[1] ~= EPOCH or sale[2] ~= "1" then return { "gate_shut" } end

local time = redis.call("TIME")
local nowMs = time[1] * 1000 + math.floor(time[2] / 1000)
local reply = { "lapsed" }
for _, checkout in ipairs(ARGV) do
  local hold = redis.call("HGET", holds, checkout)
  if hold then
    local mode, since, deadline, rest = string.match(hold, "^([^|]*)|(%d+)|(%d+)|(.*)$")
    if mode == "cart" and nowMs >= tonumber(deadline) then
      redis.call("HSET", holds, checkout, table.concat({ "lapsed", since, deadline, rest }, "|"))
      mode = "lapsed"
    end
    if mode == "lapsed" then reply[#reply + 1] = checkout end
  end
end
return reply
