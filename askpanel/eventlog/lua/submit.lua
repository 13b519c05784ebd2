-- A question from the public. The same nonce twice is the same question.
-- KEYS: meta log questions nonces
-- ARGV: now nonce question(JSON: text lang author topic name flags similar)
local definition = redis.call('HGET', KEYS[1], 'session')
if not definition then return refuse('unknown_session') end
local known = redis.call('HGET', KEYS[4], ARGV[2])
if known then
  local number, position = known:match('^(%d+):(%d+)$')
  -- Written, so that waiting for the replicas covers the question too: the first answer may have
  -- been withheld because they were not heard of.
  redis.call('HSET', KEYS[1], 'repeated', number)
  return {'done', tonumber(position), redis.call('HGET', KEYS[3], number)}
end
local now = now_ms(ARGV[1])
local schedule = cjson.decode(definition).schedule
if schedule.paused or now < schedule.questions_open or now >= schedule.last_questions then
  return refuse('closed')
end
local question = cjson.decode(ARGV[3])
if redis.call('HEXISTS', KEYS[1], 'muted:' .. question.author) == 1 then return refuse('muted') end
question.number = redis.call('HINCRBY', KEYS[1], 'numbers', 1)
question.state = 'pending'
question.at = now
question.since = next_position(KEYS[1])
question.changed = {command = 'submit', at = now, position = question.since}
local record = cjson.encode(question)
redis.call('HSET', KEYS[3], question.number, record)
local position = append(KEYS[1], KEYS[2], {type = 'submitted', at = now, question = question})
redis.call('HSET', KEYS[4], ARGV[2], question.number .. ':' .. position)
return {'done', position, record}
