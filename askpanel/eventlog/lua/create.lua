-- A new session, or a refusal because the address is taken.
-- KEYS: meta log   ARGV: now epoch session
if redis.call('EXISTS', KEYS[1]) == 1 then return refuse('exists') end
local now = now_ms(ARGV[1])
local session = cjson.decode(ARGV[3])
redis.call('HSET', KEYS[1], 'epoch', ARGV[2], 'position', 0, 'numbers', 0, 'session', ARGV[3], 'phase', '')
local position = append(KEYS[1], KEYS[2], {type = 'scheduled', at = now, session = session})
return {'done', position, ''}
