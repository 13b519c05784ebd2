-- The log and the records as they were written anew take the place of the old ones, and all else that
-- was not published goes: in one step, if nothing happened meanwhile. The log says what was erased.
-- KEYS: meta log questions nonces drafts remarks hold new_log new_questions
-- ARGV: now token position epoch event
if redis.call('GET', KEYS[7]) ~= ARGV[2] then return refuse('busy') end
if redis.call('HGET', KEYS[1], 'position') ~= ARGV[3] then
  redis.call('DEL', KEYS[7], KEYS[8], KEYS[9])
  return refuse('moved')
end
redis.call('RENAME', KEYS[8], KEYS[2])
if redis.call('EXISTS', KEYS[9]) == 1 then redis.call('RENAME', KEYS[9], KEYS[3]) end
redis.call('DEL', KEYS[4], KEYS[5], KEYS[6], KEYS[7])
for _, name in ipairs(redis.call('HKEYS', KEYS[1])) do
  if name:sub(1, 6) == 'muted:' then redis.call('HDEL', KEYS[1], name) end
end
redis.call('HDEL', KEYS[1], 'present', 'repeated')
local event = cjson.decode(ARGV[5])
event.at = now_ms(ARGV[1])
local position = append(KEYS[1], KEYS[2], event)
-- Screens that have seen what is gone begin anew. The engine's own file still has it: `unwritten`.
redis.call('HSET', KEYS[1], 'epoch', ARGV[4], 'purged', position, 'purged_epoch', ARGV[4],
  'purged_at', string.format('%d', event.at), 'unwritten', 1)
return {'done', position, ''}
