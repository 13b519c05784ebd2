-- A notice that the clock has moved the session on. The schedule is the truth; this only tells
-- the screens, once, whichever process saw it first, and never backwards.
-- KEYS: meta log   ARGV: now phase
local order = {[''] = 0, announced = 1, early = 2, live = 3, last = 4, closed = 5}
local known = redis.call('HGET', KEYS[1], 'phase')
if not known then return refuse('unknown_session') end
if order[ARGV[2]] <= order[known] then return refuse('wrong_state') end
redis.call('HSET', KEYS[1], 'phase', ARGV[2])
local position = append(KEYS[1], KEYS[2], {type = 'phased', at = now_ms(ARGV[1]), phase = ARGV[2]})
return {'done', position, ''}
