-- One-range requests at positions drawn from a fixed set, the same set for every server:
--   wrk -s ranges.lua URL -- FILE_SIZE RANGE_LENGTH POSITIONS [MEAN_DELAY_MS]
-- With a delay, each connection waits between its requests, from nothing to twice that long.

local requests, pause = {}, 0
local thread_count = 0

function setup(thread)
  thread_count = thread_count + 1
  thread:set("number", thread_count)
end

function init(args)
  local size, length, count = tonumber(args[1]), tonumber(args[2]), tonumber(args[3])
  pause = tonumber(args[4] or 0)
  local step = math.floor((size - length) / count)
  for i = 0, count - 1 do
    local first = i * step - (i * step) % 4096
    local range = string.format("bytes=%.0f-%.0f", first, first + length - 1)
    requests[i + 1] = wrk.format("GET", nil, { Range = range })
  end
  math.randomseed(number)
  if pause > 0 then
    delay = function() return math.random(0, 2 * pause) end
  end
end

function request()
  return requests[math.random(#requests)]
end

-- What wrk prints is rounded; this line is read by tests/bench/wrk.py.
function done(summary, latency)
  local e = summary.errors
  io.write(string.format(
    'JSON {"requests": %d, "bytes": %.0f, "microseconds": %d, "errors": %d, "p50": %d, "p99": %d}\n',
    summary.requests, summary.bytes, summary.duration,
    e.connect + e.read + e.write + e.status + e.timeout, latency:percentile(50), latency:percentile(99)))
end
