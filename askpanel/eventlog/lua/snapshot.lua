-- A session as it stands, with the newest entries of its log, at one moment.
-- KEYS: meta log questions remarks   ARGV: entries
local session = redis.call('HGET', KEYS[1], 'session')
if not session then return refuse('unknown_session') end
return {
  'done',
  redis.call('HGETALL', KEYS[1]),
  redis.call('HVALS', KEYS[3]),
  redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', ARGV[1]),
  redis.call('LRANGE', KEYS[4], -200, -1),
}
