-- wrk: requests for the given paths, round and round.
-- Arguments behind "--": body, prefix, order, pause, path... An empty body means GET; else each is a POST of it, by a shopper
-- of that prefix who never asked before: one name after the other, or, where the order is "spread", all over the alphabet as
-- the names of a real crowd are. A connection rests for twice the pause at most, milliseconds, before each request. Prints one
-- line of JSON.
local threads = 0

function setup(thread)
  thread:set("number", threads)
  threads = threads + 1
end

function init(args)
  body, prefix = args[1], args[2] .. "-" .. number .. "-"
  spread = args[3] == "spread"
  local rest = 2 * tonumber(args[4])
  if rest > 0 then delay = function() return math.random(0, rest) end end
  paths = {}
  for index = 5, #args do paths[index - 4] = args[index] end
  gets = {}
  for index, path in ipairs(paths) do gets[index] = wrk.format("GET", path) end
  headers = { ["content-type"] = "application/json" }
  sent = 0
end

function request()
  sent = sent + 1
  local index = sent % #paths + 1
  if body == "" then return gets[index] end
  local name = prefix .. sent
  if spread then name = string.format("%08x-", sent * 2654435761 % 4294967296) .. name end
  headers["x-user-id"] = name
  return wrk.format("POST", paths[index], headers, body)
end

function done(summary)
  local errors = summary.errors
  io.write(string.format(
    '{"requests":%d,"seconds":%.6f,"refused":%d,"failed":%d}\n',
    summary.requests, summary.duration / 1e6, errors.status,
    errors.connect + errors.read + errors.write + errors.timeout
  ))
end
