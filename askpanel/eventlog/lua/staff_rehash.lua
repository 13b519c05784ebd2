-- A stronger hash of the same password, unless the password was changed meanwhile.
-- KEYS: members
-- ARGV: username old new
local stored = redis.call('HGET', KEYS[1], ARGV[1])
local member = stored and cjson.decode(stored)
if not member or member.password ~= ARGV[2] then return 0 end
member.password = ARGV[3]
redis.call('HSET', KEYS[1], ARGV[1], cjson.encode(member))
return 1
