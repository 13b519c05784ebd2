-- Whose sign-in it is: its record and the member's, in one reading.
-- KEYS: signins members
-- ARGV: fingerprint
local stored = redis.call('HGET', KEYS[1], ARGV[1])
if not stored then return false end
return { stored, redis.call('HGET', KEYS[2], cjson.decode(stored).username) }
