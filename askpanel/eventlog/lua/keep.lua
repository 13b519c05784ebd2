-- An answer that is being written, kept for whoever writes it: nothing happens by it.
-- KEYS: questions staff drafts   ARGV: now number actor text lang
local raw = redis.call('HGET', KEYS[1], ARGV[2])
if not raw then return refuse('unknown_question') end
local now, q, actor = now_ms(ARGV[1]), cjson.decode(raw), cjson.decode(ARGV[3])
if revoked(KEYS[2], actor) then return refuse('revoked', raw) end
if actor.role ~= 'panelist' then return refuse('wrong_role', raw) end
local mine = q.state == 'claimed' and q.holder and q.holder.username == actor.username
if not mine and q.state ~= 'answered' then return refuse('not_holder', raw) end
local field = ARGV[2] .. ':' .. actor.username
if ARGV[4] == '' then
  redis.call('HDEL', KEYS[3], field)
else
  redis.call('HSET', KEYS[3], field, cjson.encode({text = ARGV[4], lang = ARGV[5], at = now}))
end
return {'done', 0, raw}
