-- What a host has to tell everybody: pinned on top of the public page, or taken down again.
-- KEYS: meta log staff   ARGV: now command actor words(JSON, by language) id most
local definition = redis.call('HGET', KEYS[1], 'session')
if not definition then return refuse('unknown_session') end
local now, command, actor = now_ms(ARGV[1]), ARGV[2], cjson.decode(ARGV[3])
if revoked(KEYS[3], actor) then return refuse('revoked') end
if actor.role ~= 'host' then return refuse('wrong_role') end

local pinned = cjson.decode(redis.call('HGET', KEYS[1], 'pinned') or '[]')
local position, about = next_position(KEYS[1]), nil

local function same(one, other)
  for lang, text in pairs(one) do
    if other[lang] ~= text then return false end
  end
  for lang in pairs(other) do
    if not one[lang] then return false end
  end
  return true
end

if command == 'announce' then
  local words, languages = cjson.decode(ARGV[4]), cjson.decode(definition).languages
  for lang, text in pairs(words) do
    if not contains(languages, lang) then return refuse('bad_lang') end
    if not given(text) then return refuse('missing') end
  end
  if not words[languages[1]] then return refuse('missing') end
  -- Sent twice, because an answer was lost on its way, it is there once.
  for _, each in ipairs(pinned) do
    if same(each.words, words) then return {'done', each.id, ''} end
  end
  if #pinned >= tonumber(ARGV[6]) then return refuse('pinned_full') end
  about = {id = position, words = words, at = now, username = actor.username, name = actor.name}
  table.insert(pinned, 1, about)
elseif command == 'retract' then
  for place, each in ipairs(pinned) do
    if each.id == tonumber(ARGV[5]) then about = table.remove(pinned, place) break end
  end
  if not about then return refuse('unknown_announcement') end
else
  return refuse('unknown_command')
end

-- An empty list would be written as an empty object.
local left = #pinned > 0 and pinned or nil
if left then
  redis.call('HSET', KEYS[1], 'pinned', cjson.encode(left))
else
  redis.call('HDEL', KEYS[1], 'pinned')
end
append(KEYS[1], KEYS[2], {
  type = command == 'announce' and 'announced' or 'retracted', at = now, by = actor.username,
  name = actor.name, announcement = about, pinned = left,
})
return {'done', position, ''}
