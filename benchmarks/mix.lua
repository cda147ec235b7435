-- All seventeen endpoints of /api/v1, mixed, for wrk; prints how many answers were errors, and p95.
--
--   wrk -t1 -c100 -d20s -s benchmarks/mix.lua http://127.0.0.1:8000
--
-- Run it on a database with rows in it: ids are drawn from 1 to
-- 10,000 users and 100,000 tasks. 400 is an answer here (a task that is assigned already, a row that
-- another connection deleted); 5xx and every other status are errors.

local json = { ["content-type"] = "application/json" }
local n = 0
local broken = 0

function init()
  math.randomseed(os.time())
end

local function user() return "/api/v1/users/" .. math.random(1, 10000) end
local function task() return "/api/v1/tasks/" .. math.random(1, 100000) end
local function name() n = n + 1; return "mix" .. os.time() .. math.random(1, 1e9) .. n end
local function id(path) return path:match("%d+$") end

local calls = {
  function() local m = name(); return "POST", "/api/v1/users/", '{"username":"' .. m .. '","email":"' .. m .. '@x.org"}' end,
  function() return "GET", "/api/v1/users/?limit=20&skip=" .. math.random(0, 1000) end,
  function() return "GET", user() end,
  function() return "PUT", user(), '{"email":"' .. name() .. '@y.org"}' end,
  function() return "DELETE", "/api/v1/users/" .. math.random(9000, 10000) end,
  function() return "GET", user() .. "/tasks?status=todo" end,
  function() return "POST", user() .. "/tasks/" .. id(task()) end,
  function() return "DELETE", user() .. "/tasks/" .. id(task()) end,
  function() return "POST", "/api/v1/tasks/", '{"title":"mixed","description":"in"}' end,
  function() return "GET", "/api/v1/tasks/?limit=20&status=completed&skip=" .. math.random(0, 1000) end,
  function() return "GET", task() end,
  function() return "PUT", task(), '{"title":"changed"}' end,
  function() return "DELETE", "/api/v1/tasks/" .. math.random(90000, 100000) end,
  function() return "GET", task() .. "/users" end,
  function() return "POST", task() .. "/users/" .. id(user()) end,
  function() return "DELETE", task() .. "/users/" .. id(user()) end,
  function() return "PATCH", task() .. "/status?status=in_progress" end,
}

function request()
  local method, path, body = calls[math.random(#calls)]()
  return wrk.format(method, path, body and json, body)
end

function response(status)
  if status >= 500 or (status > 204 and status ~= 400) then
    broken = broken + 1
    if broken <= 5 then print("status " .. status) end
  end
end

function done(summary, latency)
  local errors = summary.errors
  print(string.format(
    "%d requests; connect, read, write, timeout errors: %d %d %d %d; p50 %.1f ms, p95 %.1f ms, p99 %.1f ms",
    summary.requests, errors.connect, errors.read, errors.write, errors.timeout,
    latency:percentile(50) / 1000, latency:percentile(95) / 1000, latency:percentile(99) / 1000))
end
