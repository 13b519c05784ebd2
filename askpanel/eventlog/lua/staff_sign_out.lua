-- One sign-in ends.
-- KEYS: signins meta log
-- ARGV: fingerprint now
local stored = redis.call('HGET', KEYS[1], ARGV[1])
if not stored then return 0 end
redis.call('HDEL', KEYS[1], ARGV[1])
local signin = cjson.decode(stored)
append(KEYS[2], KEYS[3], {
  type = 'signed_out', username = signin.username, version = signin.version, signin = ARGV[1],
  at = tonumber(ARGV[2]),
})
return 1
