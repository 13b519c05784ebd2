-- What a host may do to a session: move it before it starts, open now, pause, resume, extend, close.
-- KEYS: meta log staff   ARGV: now command actor minutes starts ends
local definition = redis.call('HGET', KEYS[1], 'session')
if not definition then return refuse('unknown_session') end
local now, command, actor = now_ms(ARGV[1]), ARGV[2], cjson.decode(ARGV[3])
if revoked(KEYS[3], actor) then return refuse('revoked') end
if actor.role ~= 'host' then return refuse('wrong_role') end

local session = cjson.decode(definition)
local s = session.schedule
local events = {move = 'moved', open = 'opened', pause = 'paused', resume = 'resumed', extend = 'extended', close = 'closed'}
if not events[command] then return refuse('unknown_command') end
if now >= s.ends then return refuse('wrong_state') end

if command == 'move' then
  if now >= s.starts then return refuse('wrong_state') end
  local starts, ends = tonumber(ARGV[5]) or 0, tonumber(ARGV[6]) or 0
  if starts <= now or ends <= starts or ends - starts > 86400000 then return refuse('bad_times') end
  -- Whoever was told that questions are taken already can still send theirs.
  if now < s.questions_open then s.questions_open = s.questions_open + starts - s.starts end
  s.questions_open = math.min(s.questions_open, starts)
  s.last_questions = math.max(starts, ends - (s.ends - s.last_questions))
  s.starts, s.ends = starts, ends
elseif command == 'open' then
  if now >= s.starts then return refuse('wrong_state') end
  s.starts = now
  s.questions_open = math.min(s.questions_open, now)
elseif command == 'pause' then
  if s.paused then return refuse('wrong_state') end
  s.paused = true
elseif command == 'resume' then
  if not s.paused then return refuse('wrong_state') end
  s.paused = nil
elseif command == 'extend' then
  local minutes = tonumber(ARGV[4])
  if not minutes or minutes < 1 then return refuse('missing') end
  s.ends = s.ends + minutes * 60000
  s.last_questions = s.last_questions + minutes * 60000
elseif command == 'close' then
  s.questions_open = math.min(s.questions_open, now)
  s.starts = math.min(s.starts, now)
  s.last_questions = math.min(s.last_questions, now)
  s.ends = now
  s.paused = nil
end

if command ~= 'pause' and command ~= 'resume' then s.revised = next_position(KEYS[1]) end

-- The next phase notice is measured against the new schedule, so it may go back as well as on.
-- Nothing comes after the end: it is told here, and no page waits for a notice of it.
redis.call('HSET', KEYS[1], 'session', cjson.encode(session), 'phase', command == 'close' and 'closed' or '')
local position = append(KEYS[1], KEYS[2], {
  type = events[command], at = now, by = actor.username, name = actor.name, session = session,
})
return {'done', position, ''}
