-- All keys of one hash tag as they stand at one moment, each as the engine itself writes it down.
-- KEYS: all of them
local found = {}
for i = 1, #KEYS do table.insert(found, redis.call('DUMP', KEYS[i]) or '') end
return {'done', found}
