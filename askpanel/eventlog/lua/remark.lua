-- A word to the colleagues at the same session.
-- KEYS: meta log remarks staff   ARGV: now actor text
if redis.call('HEXISTS', KEYS[1], 'session') == 0 then return refuse('unknown_session') end
local actor = cjson.decode(ARGV[2])
if revoked(KEYS[4], actor) then return refuse('revoked') end
if not given(actor.username) then return refuse('wrong_role') end
if not given(ARGV[3]) then return refuse('missing') end
local now = now_ms(ARGV[1])
local remark = {text = ARGV[3], at = now, username = actor.username, name = actor.name}
redis.call('RPUSH', KEYS[3], cjson.encode(remark))
local position = append(KEYS[1], KEYS[2], {
  type = 'remarked', at = now, by = actor.username, name = actor.name, remark = remark,
})
return {'done', position, ''}
