-- Steps of triage.

function steps.withdraw()
  if q.author ~= actor.author then return 'not_author' end
end

function steps.approve()
  if given(fields.text) and fields.text ~= q.text then
    q.original = q.original or q.text
    q.text = fields.text
  end
end

function steps.hold() q.note = fields.note end

function steps.reject()
  q.reason, q.hidden = fields.reason, given(fields.hidden) or nil
  q.told = given(fields.told) and cjson.decode(fields.told) or nil
end

function steps.reply()
  local refusal = unverified(lines_in(fields.unverified))
  if refusal then return refusal end
  q.replies = q.replies or {}
  table.insert(q.replies, {
    text = fields.text, lang = given(fields.lang) and fields.lang or q.lang, at = now,
    by = actor.username, name = actor.name,
  })
end

-- What the reader of a private reply says of it. Who still needs help is back in the queue.
function steps.respond()
  if q.author ~= actor.author then return 'not_author' end
  if fields.helped ~= 'yes' and fields.helped ~= 'no' then return 'missing' end
  -- Said once: whoever pressed without end would fill the log.
  if q.replies[#q.replies].helped == fields.helped then return 'wrong_state' end
  q.replies[#q.replies].helped = fields.helped
  if fields.helped == 'no' then
    q.needs_help, rule.to = true, 'pending'
  end
end

function steps.merge()
  local record = redis.call('HGET', KEYS[3], fields.into)
  local target = record and cjson.decode(record)
  -- By its own number: what a field says may be the same number as text.
  if not target or target.number == q.number then return 'bad_target' end
  local open = {'pending', 'held', 'approved', 'claimed', 'answered'}
  if not contains(open, target.state) then return 'bad_target' end
  q.into = target.number
end

function steps.divert()
  q.diversion, q.signposts = fields.diversion, words_in(fields.signposts)
  q.told = given(fields.told) and cjson.decode(fields.told) or nil
end

-- Back in the queue: what the decision added goes, and the author's own words come back.
function steps.restore()
  if was == 'replied' then
    table.remove(q.replies)
    if #q.replies == 0 then q.replies = nil end
  end
  q.reason, q.told, q.hidden, q.into, q.note = nil, nil, nil, nil, nil
  q.diversion, q.signposts = nil, nil
  if q.original then q.text, q.original = q.original, nil end
end

function steps.assign()
  if not panel(fields.organisation) then return 'not_panel' end
  q.organisation, q.panelist, q.panelist_name = fields.organisation, nil, nil
  if given(fields.panelist) then
    q.panelist, q.panelist_name = fields.panelist, fields.panelist_name
  end
end

function steps.label() q.labels = words_in(fields.labels) end

function steps.hand()
  q.handed = {username = fields.to, name = fields.to_name or fields.to, by = actor.name}
  q.lock = nil
end

-- Immediate risk: seen by a second person, and decided in words, before it leads anywhere else.

function steps.escalate()
  q.note = fields.note
  q.risk = {at = now, username = actor.username, name = actor.name, note = fields.note}
end

function steps.acknowledge()
  if not q.risk then return 'unacknowledged' end
  if q.risk.seen then return 'acknowledged_already' end
  if q.risk.username == actor.username then return 'own_risk' end
  q.risk.seen = seen()
end

function steps.conclude()
  if not (q.risk and q.risk.seen) then return 'unacknowledged' end
  q.risk.decision, q.risk.words, q.risk.decided = fields.decision, fields.note, seen()
  q.note = fields.note
end

-- Beside the question.

function steps.lock()
  if locked_by_another() then return 'locked' end
  local mine = q.lock and q.lock.username == actor.username
  q.lock = {
    username = actor.username, name = actor.name, ['until'] = now + lease,
    since = mine and q.lock.since or next_position(KEYS[1]),
    doing = given(fields.doing) and fields.doing or nil,
  }
end

function steps.unlock()
  if not q.lock or q.lock.username ~= actor.username then return 'no_lock' end
  q.lock = nil
end

function steps.lapse()
  if not q.lock or not over(q.lock) then return 'not_expired' end
  q.lock = nil
end

function steps.annotate()
  q.notes = q.notes or {}
  if #q.notes >= MOST_NOTES then return 'full' end
  local note = seen()
  note.text = fields.note
  table.insert(q.notes, note)
end

function steps.mute()
  if redis.call('HEXISTS', KEYS[1], 'muted:' .. q.author) == 1 then return 'muted' end
  local mute = seen()
  mute.number, mute.position = q.number, next_position(KEYS[1])
  redis.call('HSET', KEYS[1], 'muted:' .. q.author, cjson.encode(mute))
  q.muted = true
end

function steps.unmute()
  if not q.muted then return 'not_muted' end
  redis.call('HDEL', KEYS[1], 'muted:' .. q.author)
  q.muted = nil
end

local function signed_before(old, id, organisation)
  local answer = (old.answers or {})[id]
  for _, each in ipairs(answer and answer.cosigned or {}) do
    if each.organisation == organisation then return true end
  end
  return false
end

-- Whether a question would be taken together with itself, by way of others.
local function leads_back(into)
  while into do
    if into == q.number then return true end
    local next = cjson.decode(redis.call('HGET', KEYS[3], into))
    into = next.state == 'merged' and next.into
  end
  return false
end

-- The record of before comes back exactly. What colleagues wrote beside it stays, and so does
-- who may not write; nobody has the question open.
function steps.undo()
  local change = q.changed
  if fields.position ~= (change.back_to or change.position) then return 'superseded' end
  local command_then = change.stands or change.command
  local may = cjson.decode(ARGV[8])[command_then]
  if not may then return 'cannot_undo' end
  if not contains(may, actor.role) then return 'wrong_role' end
  local before = change.previous or 0
  local entry = redis.call('XRANGE', KEYS[2], before .. '-0', before .. '-0')[1]
  if not entry then return 'too_late' end
  local old = cjson.decode(entry[2][2]).question
  if not old then return 'too_late' end
  if old.state == 'merged' and leads_back(old.into) then return 'bad_target' end
  if command_then == 'cosign' then
    local ours = false
    for _, answer in ipairs(q.answers) do
      local newest = answer.cosigned and answer.cosigned[#answer.cosigned]
      local gone = newest and not signed_before(old, answer.id, newest.organisation)
      if gone then ours = newest.organisation == actor.organisation end
    end
    if not ours then return 'not_own_answer' end
  end
  undone = command_then
  old.notes, old.muted, old.lock, old.since = q.notes, q.muted, nil, q.since
  q = old
end
