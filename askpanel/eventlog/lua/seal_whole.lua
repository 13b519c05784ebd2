-- What a session's log leads to, as it is stored, and every seal, at one moment.
-- KEYS: meta questions remarks seals
if redis.call('HEXISTS', KEYS[1], 'epoch') == 0 then return refuse('unknown_session') end
return {
  'done', redis.call('HGETALL', KEYS[1]), redis.call('HGETALL', KEYS[2]),
  redis.call('LRANGE', KEYS[3], 0, -1), redis.call('LRANGE', KEYS[4], 0, -1),
}
