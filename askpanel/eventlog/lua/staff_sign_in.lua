-- A sign-in begins, if the member is still the one whose password was checked.
-- KEYS: members signins
-- ARGV: username version fingerprint record
local stored = redis.call('HGET', KEYS[1], ARGV[1])
local member = stored and cjson.decode(stored)
if not member or member.disabled or member.version ~= tonumber(ARGV[2]) then return 0 end
redis.call('HSET', KEYS[2], ARGV[3], ARGV[4])
return 1
