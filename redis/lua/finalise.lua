-- Applies verdicts to the ids still held: confirmed units become sold, others come back to stock, pool and allowance.
-- Needs no lease: it follows a verdict that stands in the ledger, and acts on each hold once. It never deletes a key
-- entry, so that a replay goes on finding its checkout. Publishes every verdict it was given.
-- KEYS: totals, stock, pool, holds, due, buyers
-- ARGV: channel, sale, epoch, ...
-- Replies: done
-- After the named arguments come checkout, state, reason, decidedMs tuples.
local totals, stock, pool, holds, due, buyers = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local channel, sale, epoch = ARGV[1], ARGV[2], ARGV[3]

local count = redis.call("HMGET", totals, "available", "held", "sold")
local available, held, sold = tonumber(count[1] or "0"), tonumber(count[2] or "0"), tonumber(count[3] or "0")
local judged, soldUnits, touched, items = {}, {}, {}, {}
for i = 4, #ARGV, 4 do
  local checkout, state, reason, decidedMs = ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3]
  judged[#judged + 1] = { checkout, state, reason, decidedMs }
  local hold = redis.call("HGET", holds, checkout)
  local user, lines = string.match(hold or "", "^[^|]*|[^|]*|[^|]*|([^|]*)|[^|]*|([^|]*)|")
  if lines then
    redis.call("HDEL", holds, checkout)
    redis.call("ZREM", due, checkout)
    local units = 0
    for item, quantity in string.gmatch(lines, "([^:,]+):(%d+)") do
      units = units + quantity
      if not touched[item] then
        touched[item] = true
        items[#items + 1] = item
      end
      if state == "confirmed" then
        soldUnits[item] = (soldUnits[item] or 0) + quantity
      else
        redis.call("HINCRBY", stock, item, quantity)
        redis.call("SADD", pool, item)
      end
    end
    held = held - units
    if state == "confirmed" then
      sold = sold + units
    else
      available = available + units
      redis.call("HINCRBY", buyers, user, -units)
    end
  end
end

local left = {}
if #items > 0 then
  for i, units in ipairs(redis.call("HMGET", stock, unpack(items))) do left[items[i]] = tonumber(units) end
end
local event = { kind = "settled", sale = sale, epoch = epoch, judged = judged, sold = soldUnits, stock = left }
if count[1] then
  redis.call("HSET", totals, "available", available, "held", held, "sold", sold)
  event.totals = { available, held, sold }
end
redis.call("PUBLISH", channel, cjson.encode(event))
return { "done" }
