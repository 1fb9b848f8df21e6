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
local judged, ids = {}, {}
for i = 4, #ARGV, 4 do
  judged[#judged + 1] = { ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3] }
  ids[#ids + 1] = ARGV[i]
end

-- What is still held, each once, leaves the gate; that it makes room lets the rest be written where memory is full.
local texts, taken, released, seen = redis.call("HMGET", holds, unpack(ids)), {}, {}, {}
for i, checkout in ipairs(ids) do
  local user, lines = string.match(texts[i] or "", "^[^|]*|[^|]*|[^|]*|([^|]*)|[^|]*|([^|]*)|")
  if lines and not seen[checkout] then
    seen[checkout] = true
    taken[#taken + 1] = checkout
    released[#released + 1] = { state = judged[i][2], user = user, lines = lines }
  end
end
if #taken > 0 then
  redis.call("HDEL", holds, unpack(taken))
  redis.call("ZREM", due, unpack(taken))
end

local soldUnits, touched, items = {}, {}, {}
for _, hold in ipairs(released) do
  local state, units = hold.state, 0
  for item, quantity in string.gmatch(hold.lines, "([^:,]+):(%d+)") do
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
    redis.call("HINCRBY", buyers, hold.user, -units)
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
