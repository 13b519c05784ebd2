-- A change of a member; unless it is only of the name, it ends the member's sign-ins.
-- KEYS: members signins meta log
-- ARGV: username event fields now
-- Gives the record after it, or nothing if there is no such member.
local stored = redis.call('HGET', KEYS[1], ARGV[1])
if not stored then return false end

local member, everywhere = cjson.decode(stored), ARGV[2] == 'signed_out_everywhere'
local changed, granted_anew = everywhere, everywhere
for field, value in pairs(cjson.decode(ARGV[3])) do
  if member[field] ~= value then
    member[field], changed = value, true
    granted_anew = granted_anew or field ~= 'name'
  end
end
if not changed then return stored end

if granted_anew then
  member.version = member.version + 1
  local signins = redis.call('HGETALL', KEYS[2])
  for i = 1, #signins, 2 do
    if cjson.decode(signins[i + 1]).username == ARGV[1] then
      redis.call('HDEL', KEYS[2], signins[i])
    end
  end
end

local record = cjson.encode(member)
redis.call('HSET', KEYS[1], ARGV[1], record)
append(KEYS[3], KEYS[4], {
  type = ARGV[2], username = ARGV[1], version = member.version, at = tonumber(ARGV[4]),
})
return record
