-- Who of the staff is at a screen of a session: each keeps a lease, and the log says who came and
-- who went.
-- KEYS: meta log   ARGV: now token person(JSON, or "" to leave) lease_ms
local now, token = now_ms(ARGV[1]), ARGV[2]
if redis.call('HEXISTS', KEYS[1], 'session') == 0 then return refuse('unknown_session') end
local seats = cjson.decode(redis.call('HGET', KEYS[1], 'present') or '{}')

local function people()
  local found, known = {}, {}
  for _, seat in pairs(seats) do
    local key = seat.person.username .. ' ' .. seat.person.screen
    if not known[key] then
      known[key] = true
      table.insert(found, {key = key, person = seat.person})
    end
  end
  table.sort(found, function(a, b) return a.key < b.key end)
  local persons, keys = {}, {}
  for _, each in ipairs(found) do
    table.insert(persons, each.person)
    table.insert(keys, each.key)
  end
  return persons, table.concat(keys, '\n')
end

local _, known = people()
local left = seats[token] and seats[token].person
for each, seat in pairs(seats) do
  if seat['until'] <= now then seats[each] = nil end
end
local person = ARGV[3] ~= '' and cjson.decode(ARGV[3]) or nil
seats[token] = person and {person = person, ['until'] = now + tonumber(ARGV[4])} or nil
local after, now_known = people()
redis.call('HSET', KEYS[1], 'present', cjson.encode(seats))
if known == now_known then return {'done', 0, ''} end

-- A seat that ran out beside this one is nobody's word.
local arrived = person and not left
local who = arrived and person or not person and left or {}
local position = append(KEYS[1], KEYS[2], {
  type = arrived and 'arrived' or 'left', at = now, by = who.username,
  name = who.name, present = #after > 0 and after or nil,
})
return {'done', position, ''}
