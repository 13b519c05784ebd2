-- All keys of one hash tag, as they were written down, in one step. A session's log gets a new epoch:
-- screens may have seen what came after the backup.
-- KEYS: all of them   ARGV: the place of its `meta` among them, or 0, epoch, then each value
for i = 1, #KEYS do
  redis.call('RESTORE', KEYS[i], 0, ARGV[i + 2], 'REPLACE')
end
local meta = tonumber(ARGV[1])
if meta > 0 then
  redis.call('HSET', KEYS[meta], 'epoch', ARGV[2])
  redis.call('HDEL', KEYS[meta], 'present')
end
return {'done'}
