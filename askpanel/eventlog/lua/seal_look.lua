-- A run of the log as it is stored, byte for byte, and the seals from one on, at one moment.
-- KEYS: meta log seals   ARGV: first last seal
local meta = redis.call('HMGET', KEYS[1], 'epoch', 'position', 'session')
if not meta[1] then return refuse('unknown_session') end
return {
  'done', meta,
  redis.call('XRANGE', KEYS[2], ARGV[1], ARGV[2]),
  redis.call('LRANGE', KEYS[3], ARGV[3], -1),
}
