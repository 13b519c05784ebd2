-- A new member of staff.
-- KEYS: members meta log
-- ARGV: username record now
if redis.call('HSETNX', KEYS[1], ARGV[1], ARGV[2]) == 0 then return 'taken' end
append(KEYS[2], KEYS[3], {
  type = 'added', username = ARGV[1], version = cjson.decode(ARGV[2]).version,
  at = tonumber(ARGV[3]),
})
return 'added'
