-- One question, the command on it, and who gives it: what every step looks at.
-- KEYS: meta log questions staff drafts
-- ARGV: now number command actor fields lease_ms rule undoable
local definition = redis.call('HGET', KEYS[1], 'session')
if not definition then return refuse('unknown_session') end
local raw = redis.call('HGET', KEYS[3], ARGV[2])
if not raw then return refuse('unknown_question') end

local now, command = now_ms(ARGV[1]), ARGV[3]
local actor, fields, rule = cjson.decode(ARGV[4]), cjson.decode(ARGV[5]), cjson.decode(ARGV[7])
local lease, session, q = tonumber(ARGV[6]), cjson.decode(definition), cjson.decode(raw)
local was, event, undone, let_through = q.state, rule.event, nil, nil
local steps = {}

-- Every entry of the log has the whole record, and so has every lease that is renewed: without an
-- end to what is added to it, one member of staff could fill the store.
local MOST_NOTES, MOST_VERSIONS = 100, 50

local function panel(organisation)
  for _, each in ipairs(session.organisations) do
    if each.id == organisation then return true end
  end
  return false
end

local function words_in(text)
  local found = {}
  for word in (text or ''):gmatch('[^%s]+') do table.insert(found, word) end
  return #found > 0 and found or nil
end

local function lines_in(text)
  local found = {}
  for line in (text or ''):gmatch('[^\n]+') do table.insert(found, line) end
  return #found > 0 and found or nil
end

local function seen() return {at = now, username = actor.username, name = actor.name} end

-- A lease is over for whoever watched this very one run out: they know better than a clock that
-- was set.
local function over(lease) return lease['until'] <= now or fields['until'] == lease['until'] end

local function locked_by_another()
  local lock = q.lock
  if not lock or lock.username == actor.username or lock['until'] <= now then return false end
  return fields.from ~= lock.username
end

-- Numbers and links that are not on the session's list: a lead's word lets them through.
local function unverified(found)
  if not given(found) then return nil end
  if actor.role ~= 'lead' or not given(fields.confirm) then return 'unverified' end
  let_through = found
end
