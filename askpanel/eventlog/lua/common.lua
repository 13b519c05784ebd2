-- Shared by every script: put in front of it when it is registered.

-- The store's clock, so that all processes agree; a test gives its own.
local function now_ms(given)
  if given ~= '' then return tonumber(given) end
  local t = redis.call('TIME')
  return tonumber(t[1]) * 1000 + math.floor(tonumber(t[2]) / 1000)
end

-- Dense positions: the stream id is the position, so "did I miss one?" is subtraction.
local function append(meta, log, event)
  local position = redis.call('HINCRBY', meta, 'position', 1)
  redis.call('XADD', log, position .. '-0', 'event', cjson.encode(event))
  return position
end

local function refuse(code, question)
  return {'refused', code, question or ''}
end

local function contains(list, value)
  for _, item in ipairs(list) do
    if item == value then return true end
  end
  return false
end

-- A sign-in that was ended or changed since it was checked may do nothing more.
local function revoked(staff, actor)
  if not actor.username then return false end
  local least = redis.call('HGET', staff, actor.username)
  return least and tonumber(least) > (actor.version or 0)
end

local function given(value)
  return value ~= nil and value ~= '' and value ~= 0
end

local function next_position(meta)
  return tonumber(redis.call('HGET', meta, 'position')) + 1
end
