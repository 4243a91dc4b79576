-- Ends the sessions of servers that are down, in the backends named in the configuration.
--
-- "on-marked-down shutdown-sessions" does so at once, and HAProxy 3.0 then forgets clients whose session was still
-- being connected: they are neither answered nor let go. Here a server has no session any more that is being connected:
-- it gets no new ones, and those that it had are past "timeout connect", which is less than LOOKS - 1 periods.
local names = {...}
local PERIOD = 300 -- milliseconds
local LOOKS = 3
local looks = {}

local function look_at(name, server)
  local status = server:get_stats()["status"]
  if not (string.find(status, "^DOWN") or string.find(status, "^MAINT")) then
    looks[name] = 0
    return
  end
  looks[name] = (looks[name] or 0) + 1
  if looks[name] >= LOOKS then
    server:shut_sess()
  end
end

core.register_task(function()
  while true do
    core.msleep(PERIOD)
    for _, backend in ipairs(names) do
      for name, server in pairs(core.backends[backend].servers) do
        look_at(backend .. "/" .. name, server)
      end
    end
  end
end)
