-- Begin to write a session's log anew, unless somebody else does: the hold ends by itself.
-- What a run that was killed has left lies under the same names, and goes.
-- KEYS: meta hold new_log new_questions
-- ARGV: token hold_ms purged (the position of the purge before, or "")
local position = redis.call('HGET', KEYS[1], 'position')
if not position then return refuse('unknown_session') end
if (redis.call('HGET', KEYS[1], 'purged') or '') ~= ARGV[3] then return refuse('busy') end
if not redis.call('SET', KEYS[2], ARGV[1], 'NX', 'PX', ARGV[2]) then return refuse('busy') end
redis.call('DEL', KEYS[3], KEYS[4])
return {'done', tonumber(position), ''}
