-- A notice that the clock has moved the session on. The schedule is the truth; this only tells
-- the screens, once, whichever process saw it first, and never backwards.
-- KEYS: meta log   ARGV: now phase
local order = {[''] = 0, announced = 1, early = 2, live = 3, last = 4, closed = 5}
local known = redis.call('HGET', KEYS[1], 'phase')
if not known then return refuse('unknown_session') end
if order[ARGV[2]] <= order[known] then return refuse('wrong_state') end

-- Whoever notices may not have heard yet that a host has changed the schedule; their notice
-- would be wrong, and the true one after it would seem to go backwards.
local now, s = now_ms(ARGV[1]), cjson.decode(redis.call('HGET', KEYS[1], 'session')).schedule
local present = now < s.questions_open and 'announced' or now < s.starts and 'early'
  or now < s.last_questions and 'live' or now < s.ends and 'last' or 'closed'
if ARGV[2] ~= present then return refuse('wrong_state') end

redis.call('HSET', KEYS[1], 'phase', ARGV[2])
local position = append(KEYS[1], KEYS[2], {type = 'phased', at = now, phase = ARGV[2]})
return {'done', position, ''}
