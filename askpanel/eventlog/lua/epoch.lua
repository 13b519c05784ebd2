-- A new epoch, because the store lost entries that somebody has seen. Once, whoever finds out.
-- KEYS: meta   ARGV: old new
if redis.call('HGET', KEYS[1], 'epoch') ~= ARGV[1] then return refuse('wrong_state') end
redis.call('HSET', KEYS[1], 'epoch', ARGV[2])
return {'done', 0, ''}
