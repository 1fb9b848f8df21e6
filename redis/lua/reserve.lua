-- Reserves units for one shopper, all or nothing: as a new hold, or added to the shopper's own cart.
-- Runs under the lease of one opening (SALE, EPOCH). Every check comes before the first write: an error midway would not
-- be rolled back, and a refusal writes nothing.
-- KEYS: meta, totals, stock, pool, holds, due, buyers, keys
-- ARGV: step, checkout, user, key, fingerprint, cartMs, graceMs, any, ...
-- Replies: held, replayed, gate_shut, key_reused, not_found, not_a_cart, expired, sale_paused, sale_not_open, sale_closed, backlog_full, unknown_item, sold_out, item_taken, user_limit
-- After the named arguments come item, quantity pairs. step is cart, submitted or add.
local meta, totals, stock, pool = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local holds, due, buyers, keys = KEYS[5], KEYS[6], KEYS[7], KEYS[8]
local step, checkout, user, key = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local fingerprint, cartMs, graceMs, any = ARGV[5], ARGV[6], ARGV[7], tonumber(ARGV[8])

local sale = redis.call("HMGET", meta, "epoch", "open", "paused", "opens_ms", "closes_ms", "settle_ms", "limit", "backlog")
if sale[1] ~= EPOCH or sale[2] ~= "1" then return { "gate_shut" } end

if key ~= "" then
  local known = redis.call("HGET", keys, user .. "|" .. key)
  if known then
    local knownFingerprint, knownCheckout = string.match(known, "^([^|]*)|(.*)$")
    if knownFingerprint ~= fingerprint then return { "key_reused" } end
    return { "replayed", knownCheckout, redis.call("HGET", holds, knownCheckout) or "" }
  end
end

local time = redis.call("TIME")
local nowMs = time[1] * 1000 + math.floor(time[2] / 1000)
local cart
if step == "add" then
  local hold = redis.call("HGET", holds, checkout)
  if not hold then return { "not_found" } end
  local mode, since, deadline, owner, holdFingerprint, lines, holdKey =
    string.match(hold, "^([^|]*)|([^|]*)|([^|]*)|([^|]*)|([^|]*)|([^|]*)|(.*)$")
  if owner ~= user then return { "not_found" } end
  if mode == "lapsed" or nowMs >= tonumber(deadline) then return { "expired" } end
  if mode ~= "cart" then return { "not_a_cart" } end
  cart = { since = since, deadline = deadline, lines = lines, fingerprint = holdFingerprint, key = holdKey }
end

if sale[3] == "1" then return { "sale_paused" } end
if nowMs < tonumber(sale[4]) then return { "sale_not_open" } end
if nowMs >= tonumber(sale[5]) then return { "sale_closed" } end
if not cart and redis.call("HLEN", holds) >= tonumber(sale[8]) then return { "backlog_full" } end

-- What is asked for, each item's demand summed.
local wanted, order, units = {}, {}, any
for i = 9, #ARGV, 2 do
  local item, quantity = ARGV[i], tonumber(ARGV[i + 1])
  if not wanted[item] then order[#order + 1] = item end
  wanted[item] = (wanted[item] or 0) + quantity
  units = units + quantity
end
local left = {}
if #order > 0 then
  local counts = redis.call("HMGET", stock, unpack(order))
  for i, item in ipairs(order) do
    if not counts[i] then return { "unknown_item", item } end
    left[item] = tonumber(counts[i])
  end
end

local count = redis.call("HMGET", totals, "available", "held", "sold")
local available, held = tonumber(count[1]), tonumber(count[2])
if available < units then return { "sold_out" } end
for _, item in ipairs(order) do
  if left[item] < wanted[item] then return { "item_taken", item } end
end
local bought = tonumber(redis.call("HGET", buyers, user) or "0")
if bought + units > tonumber(sale[7]) then return { "user_limit", tostring(sale[7] - bought) } end

-- "any": one unit each of random items first, then further units of the same ones. There is enough: available says so.
if any > 0 then
  local picks = redis.call("SRANDMEMBER", pool, any + #order)
  local missing = {}
  for _, item in ipairs(picks) do
    if not left[item] then missing[#missing + 1] = item end
  end
  if #missing > 0 then
    local counts = redis.call("HMGET", stock, unpack(missing))
    for i, item in ipairs(missing) do left[item] = tonumber(counts[i]) end
  end
  local rest, before = any, nil
  while rest > 0 do
    if rest == before then return redis.error_reply("ERR stock and pool disagree") end
    before = rest
    for _, item in ipairs(picks) do
      if rest > 0 and left[item] > (wanted[item] or 0) then
        if not wanted[item] then order[#order + 1] = item end
        wanted[item] = (wanted[item] or 0) + 1
        rest = rest - 1
      end
    end
  end
end

-- Decided: only writes from here.
local lines = {}
for i, item in ipairs(order) do
  local now = redis.call("HINCRBY", stock, item, -wanted[item])
  if now == 0 then redis.call("SREM", pool, item) end
  lines[i] = item .. ":" .. wanted[item]
end
available, held = available - units, held + units
redis.call("HSET", totals, "available", available, "held", held)
redis.call("HINCRBY", buyers, user, units)

local lineText = table.concat(lines, ",")
local mode, since, deadline = step, nowMs, sale[6]
if cart then
  mode, since, deadline, key, fingerprint = "cart", cart.since, cart.deadline, cart.key, cart.fingerprint
  lineText = cart.lines .. "," .. lineText
else
  if step == "cart" then deadline = math.min(nowMs + cartMs, tonumber(sale[6])) end
  redis.call("ZADD", due, step == "cart" and deadline or nowMs + graceMs, checkout)
  if key ~= "" then redis.call("HSET", keys, user .. "|" .. key, fingerprint .. "|" .. checkout) end
end
since, deadline = string.format("%.0f", since), string.format("%.0f", deadline)
local hold = table.concat({ mode, since, deadline, user, fingerprint, lineText, key }, "|")
redis.call("HSET", holds, checkout, hold)
return { "held", hold, tostring(available), tostring(held), count[3] }
