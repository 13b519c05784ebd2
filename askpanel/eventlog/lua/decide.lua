-- Every change of a question after it was sent: the rule, the record and the log in one step.
-- In front of this stand question.lua, triage.lua and desk.lua.

if revoked(KEYS[4], actor) then return refuse('revoked', raw) end
if not contains(rule.roles, actor.role) then return refuse('wrong_role', raw) end
if not contains(rule.from, was) then return refuse('wrong_state', raw) end
-- Nothing can be decided any more about what was erased; what is published can still be corrected
-- and taken down.
if q.erased and (was ~= 'answered' or command == 'undo') then return refuse('erased', raw) end
for _, name in ipairs(rule.needs or {}) do
  if not given(fields[name]) then return refuse('missing', raw) end
end
if rule.guarded and locked_by_another() then return refuse('locked', raw) end
-- Immediate risk leads on by a recorded decision only. Its author is answered before that too, and
-- the question then stays where it is.
local undecided = was == 'escalated' and not (q.risk and given(q.risk.decision))
if undecided and command == 'reply' then rule.to = '' end
if undecided and given(rule.to) and rule.to ~= 'escalated' then return refuse('undecided', raw) end

-- A colleague had it open, and was named: on record, whatever becomes of their lock.
local theirs = (rule.guarded or command == 'lock') and given(fields.from) and q.lock
local over_whom = theirs and theirs.username == fields.from and theirs.username ~= actor.username
  and theirs['until'] > now and theirs.name or nil
local change, into = q.changed, q.into
local refusal = steps[command]()
if refusal then return refuse(refusal, raw) end

if given(rule.to) then q.state = rule.to end
-- A claim does not move a question on its list; every other change of state puts it at the end
-- of the list that it enters, where the screens append it too.
local on_desk, queue = {approved = true, claimed = true}, {pending = true, held = true, escalated = true}
if q.state ~= was and not (on_desk[q.state] and on_desk[was]) then
  q.since = next_position(KEYS[1])
end
if q.state ~= was then
  q.lock = nil
  if not undone and not queue[q.state] then q.handed, q.needs_help = nil, nil end
end
if rule.guarded and given(fields.from) and q.lock and q.lock.username == fields.from then
  q.lock = nil
end
if not rule.quiet then
  local before = q.changed
  q.changed = {
    command = command, at = now, username = actor.username, name = actor.name,
    position = next_position(KEYS[1]), previous = change.back_to or change.position,
  }
  if undone then
    q.changed.previous = before.previous
    q.changed.stands = before.stands or before.command
    q.changed.back_to = before.back_to or before.position
  end
end
-- Which question it is no longer taken together with, for those who read the log backwards.
local parted = was == 'merged' and (q.state ~= was or q.into ~= into) and into or nil
local record = cjson.encode(q)
redis.call('HSET', KEYS[3], ARGV[2], record)
local position = append(KEYS[1], KEYS[2], {
  type = event, at = now, by = actor.username, name = actor.name, was = was, question = q,
  of = undone, numbers = let_through, parted = parted,
  over = over_whom,
})
return {'done', position, record}
