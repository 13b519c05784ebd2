-- One signed head more, if the newest is still the one that it follows, and the log is still the
-- one that it is of, and as long. Of several processes that try at once one wins.
-- KEYS: meta seals   ARGV: epoch position newest seal
local epoch, position = unpack(redis.call('HMGET', KEYS[1], 'epoch', 'position'))
if not epoch then return refuse('unknown_session') end
if epoch ~= ARGV[1] or tonumber(position) < tonumber(ARGV[2]) then return refuse('wrong_state') end
if (redis.call('LINDEX', KEYS[2], -1) or '') ~= ARGV[3] then return refuse('wrong_state') end
redis.call('RPUSH', KEYS[2], ARGV[4])
return {'done', tonumber(position), ''}
