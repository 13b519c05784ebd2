-- Some entries and some records as they will be, put beside those that are.
-- KEYS: hold new_log new_questions
-- ARGV: token hold_ms entries, then for each its position, event and digest ("" if nothing of it is
-- erased), then for each record its number and what is left of it
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return refuse('busy') end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
local at = 4
for _ = 1, tonumber(ARGV[3]) do
  local id, event, digest = ARGV[at] .. '-0', ARGV[at + 1], ARGV[at + 2]
  if digest == '' then
    redis.call('XADD', KEYS[2], id, 'event', event)
  else
    redis.call('XADD', KEYS[2], id, 'event', event, 'erased', digest)
  end
  at = at + 3
end
for i = at, #ARGV, 2 do redis.call('HSET', KEYS[3], ARGV[i], ARGV[i + 1]) end
return {'done', 0, ''}
