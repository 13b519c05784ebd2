-- A session as it stands, with the newest entries of its log, at one moment.
-- KEYS: meta log questions   ARGV: entries
local session = redis.call('HGET', KEYS[1], 'session')
if not session then return refuse('unknown_session') end
return {
  'done',
  redis.call('HMGET', KEYS[1], 'session', 'epoch', 'position', 'phase'),
  redis.call('HVALS', KEYS[3]),
  redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', ARGV[1]),
}
