-- Reserves units for shoppers, each all or nothing: as a new hold, or added to the shopper's own cart. Several are judged
-- one after the other, each as if it had come alone. Runs under the lease of one opening (SALE, EPOCH). All are judged
-- before the first write: an error midway would not be rolled back, and a refusal writes nothing.
-- KEYS: meta, totals, stock, pool, holds, due, buyers, keys
-- ARGV: cartMs, graceMs, ...
-- Replies: judged, gate_shut
-- After the named arguments comes each reservation: step (cart, submitted or add), checkout, user, key, fingerprint, any,
-- how many items it names, and as many item, quantity pairs. Behind "judged" is the answer to each, in the same order:
-- { word, … } with held, replayed, key_reused, not_found, not_a_cart, expired, sale_paused, sale_not_open, sale_closed,
-- backlog_full, unknown_item, sold_out, item_taken or user_limit.
local meta, totals, stock, pool = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local holds, due, buyers, keys = KEYS[5], KEYS[6], KEYS[7], KEYS[8]
local cartMs, graceMs = tonumber(ARGV[1]), tonumber(ARGV[2])

local sale = redis.call("HMGET", meta, "epoch", "open", "paused", "opens_ms", "closes_ms", "settle_ms", "limit", "backlog")
if sale[1] ~= EPOCH or sale[2] ~= "1" then return { "gate_shut" } end
local opensMs, closesMs, settleMs = tonumber(sale[4]), tonumber(sale[5]), sale[6]
local limit, backlog = tonumber(sale[7]), tonumber(sale[8])
local time = redis.call("TIME")
local nowMs = time[1] * 1000 + math.floor(time[2] / 1000)
local since, pageDue = string.format("%.0f", nowMs), string.format("%.0f", nowMs + graceMs)
local cartDeadline = string.format("%.0f", math.min(nowMs + cartMs, tonumber(settleMs)))

-- What is asked for, each item's demand summed.
local asked, users, named, keyed = {}, {}, {}, {}
local at = 3
while ARGV[at] do
  local user, key, any = ARGV[at + 2], ARGV[at + 3], tonumber(ARGV[at + 5])
  local pairsAt, wanted, order, units = at + 7, {}, {}, any
  local pairsEnd = pairsAt + 2 * ARGV[at + 6]
  for i = pairsAt, pairsEnd - 1, 2 do
    local item, quantity = ARGV[i], tonumber(ARGV[i + 1])
    if not wanted[item] then order[#order + 1] = item end
    wanted[item] = (wanted[item] or 0) + quantity
    units = units + quantity
    named[#named + 1] = item
  end
  asked[#asked + 1] = {
    step = ARGV[at], checkout = ARGV[at + 1], user = user, key = key, fingerprint = ARGV[at + 4],
    any = any, units = units, wanted = wanted, order = order,
  }
  users[#users + 1] = user
  if key ~= "" then keyed[#keyed + 1] = user .. "|" .. key end
  at = pairsEnd
end

local function valuesOf(hash, fields)
  local values = {}
  if #fields > 0 then
    for i, value in ipairs(redis.call("HMGET", hash, unpack(fields))) do values[fields[i]] = value end
  end
  return values
end

-- The gate as it is after the reservations judged so far, as much of it as they are about.
local left, bought, known = valuesOf(stock, named), valuesOf(buyers, users), valuesOf(keys, keyed)
for item, units in pairs(left) do left[item] = tonumber(units) end
for user, units in pairs(bought) do bought[user] = tonumber(units or "0") end
local count = redis.call("HMGET", totals, "available", "held", "sold")
local available, held, sold = tonumber(count[1]), tonumber(count[2]), tonumber(count[3])
local heldCount = redis.call("HLEN", holds)
local written, picks, picked = {}, nil, 0
-- What is to be written: field and value, score and member, in turn; items and users are written once each.
local newHolds, newDue, newKeys, takenItems, takers = {}, {}, {}, {}, {}

local function holdOf(checkout)
  return written[checkout] or redis.call("HGET", holds, checkout)
end

-- Random items with stock, enough of them for this reservation and those after it: as many as they can still get, and as
-- many again as others may take by name.
local function draw(from)
  local most = #named
  for i = from, #asked do
    local one = asked[i]
    if one.units <= available and bought[one.user] + one.units <= limit then most = most + one.any end
  end
  local unread = {}
  picks = redis.call("SRANDMEMBER", pool, most)
  for _, item in ipairs(picks) do
    if not left[item] then unread[#unread + 1] = item end
  end
  for item, units in pairs(valuesOf(stock, unread)) do left[item] = tonumber(units) end
end

-- "any": one unit each of random items first, then further units of the same ones. There is enough: available says so.
local function serveAny(one, wanted, order)
  local rest, before = one.any, nil
  while rest > 0 do
    if rest == before then error("stock and pool disagree") end
    before = rest
    for _ = 1, #picks do
      if rest == 0 then break end
      picked = picked % #picks + 1
      local item = picks[picked]
      if left[item] > (wanted[item] or 0) then
        if not wanted[item] then order[#order + 1] = item end
        wanted[item] = (wanted[item] or 0) + 1
        rest = rest - 1
      end
    end
  end
end

local function judge(one, index)
  local step, checkout, user, key, fingerprint = one.step, one.checkout, one.user, one.key, one.fingerprint
  local wanted, order, units = one.wanted, one.order, one.units

  if key ~= "" then
    local entry = known[user .. "|" .. key]
    if entry then
      local knownFingerprint, knownCheckout = string.match(entry, "^([^|]*)|(.*)$")
      if knownFingerprint ~= fingerprint then return { "key_reused" } end
      return { "replayed", knownCheckout, holdOf(knownCheckout) or "" }
    end
  end

  local cart
  if step == "add" then
    local hold = holdOf(checkout)
    if not hold then return { "not_found" } end
    local mode, since, deadline, owner, holdFingerprint, lines, holdKey =
      string.match(hold, "^([^|]*)|([^|]*)|([^|]*)|([^|]*)|([^|]*)|([^|]*)|(.*)$")
    if owner ~= user then return { "not_found" } end
    if mode == "lapsed" or nowMs >= tonumber(deadline) then return { "expired" } end
    if mode ~= "cart" then return { "not_a_cart" } end
    cart = { since = since, deadline = deadline, lines = lines, fingerprint = holdFingerprint, key = holdKey }
  end

  if sale[3] == "1" then return { "sale_paused" } end
  if nowMs < opensMs then return { "sale_not_open" } end
  if nowMs >= closesMs then return { "sale_closed" } end
  if not cart and heldCount >= backlog then return { "backlog_full" } end
  for _, item in ipairs(order) do
    if not left[item] then return { "unknown_item", item } end
  end
  if available < units then return { "sold_out" } end
  for _, item in ipairs(order) do
    if left[item] < wanted[item] then return { "item_taken", item } end
  end
  if bought[user] + units > limit then return { "user_limit", limit - bought[user] } end
  if one.any > 0 then
    if not picks then draw(index) end
    serveAny(one, wanted, order)
  end

  -- Decided.
  local lines = {}
  for i, item in ipairs(order) do
    left[item] = left[item] - wanted[item]
    takenItems[#takenItems + 1] = item
    lines[i] = item .. ":" .. wanted[item]
  end
  available, held = available - units, held + units
  bought[user] = bought[user] + units
  takers[#takers + 1] = user

  local hold
  if cart then
    lines[0] = cart.lines
    hold = { "cart", cart.since, cart.deadline, user, cart.fingerprint, table.concat(lines, ",", 0), cart.key }
  else
    local deadline = step == "cart" and cartDeadline or settleMs
    hold = { step, since, deadline, user, fingerprint, table.concat(lines, ","), key }
    heldCount = heldCount + 1
    newDue[#newDue + 1] = step == "cart" and deadline or pageDue
    newDue[#newDue + 1] = checkout
    if key ~= "" then
      local name, entry = user .. "|" .. key, fingerprint .. "|" .. checkout
      known[name] = entry
      newKeys[#newKeys + 1] = name
      newKeys[#newKeys + 1] = entry
    end
  end
  local text = table.concat(hold, "|")
  written[checkout] = text
  newHolds[#newHolds + 1] = checkout
  newHolds[#newHolds + 1] = text
  return { "held", text, available, held, sold }
end

local reply = { "judged" }
for index, one in ipairs(asked) do reply[index + 1] = judge(one, index) end
if #newHolds == 0 then return reply end

-- Only writes from here.
local function pairsOf(fields, values)
  local flat = {}
  for _, field in ipairs(fields) do
    flat[#flat + 1] = field
    flat[#flat + 1] = values[field]
  end
  return flat
end

redis.call("HSET", stock, unpack(pairsOf(takenItems, left)))
local gone = {}
for _, item in ipairs(takenItems) do
  if left[item] == 0 then gone[#gone + 1] = item end
end
if #gone > 0 then redis.call("SREM", pool, unpack(gone)) end
redis.call("HSET", totals, "available", available, "held", held)
redis.call("HSET", buyers, unpack(pairsOf(takers, bought)))
if #newDue > 0 then redis.call("ZADD", due, unpack(newDue)) end
if #newKeys > 0 then redis.call("HSET", keys, unpack(newKeys)) end
redis.call("HSET", holds, unpack(newHolds))
return reply
