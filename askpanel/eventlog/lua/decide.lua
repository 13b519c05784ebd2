-- Every change of a question after it was sent: the rule, the record and the log in one step.
-- KEYS: meta log questions staff
-- ARGV: now number command actor fields lease_ms rule
local definition = redis.call('HGET', KEYS[1], 'session')
if not definition then return refuse('unknown_session') end
local raw = redis.call('HGET', KEYS[3], ARGV[2])
if not raw then return refuse('unknown_question') end

local now, command = now_ms(ARGV[1]), ARGV[3]
local actor, fields, rule = cjson.decode(ARGV[4]), cjson.decode(ARGV[5]), cjson.decode(ARGV[7])
local lease, session, q = tonumber(ARGV[6]), cjson.decode(definition), cjson.decode(raw)
local was, event = q.state, rule.event

local function panel(organisation)
  for _, each in ipairs(session.organisations) do
    if each.id == organisation then return true end
  end
  return false
end

local function mine() return q.holder and q.holder.username == actor.username end
local function held_by_another() return q.holder and not mine() and q.holder['until'] > now end
local function awaiting_check() return q.draft and not given(q.draft.note) end

local function hold_claim()
  local since = mine() and q.holder.since or next_position(KEYS[1])
  q.holder = {
    username = actor.username, name = actor.name,
    organisation = actor.organisation, ['until'] = now + lease, since = since,
  }
end

local function add_answer(by)
  q.answers = q.answers or {}
  local answer = {
    id = #q.answers + 1, organisation = by.organisation, lang = by.lang,
    versions = {{text = by.text, at = now, by = by.username}},
  }
  table.insert(q.answers, answer)
  q.holder, q.draft, q.note = nil, nil, nil
  q.published = q.published or next_position(KEYS[1])
end

local function answered_by(organisation)
  for _, answer in ipairs(q.answers or {}) do
    if answer.organisation == organisation then return answer end
  end
end

local steps = {}

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
function steps.escalate() q.note = fields.note end
function steps.reject() q.reason = fields.reason end
function steps.reply() q.reply = fields.text end

function steps.merge()
  local target = fields.into ~= q.number and redis.call('HGET', KEYS[3], fields.into)
  if not target then return 'bad_target' end
  local open = {'pending', 'held', 'approved', 'claimed', 'answered'}
  if not contains(open, cjson.decode(target).state) then return 'bad_target' end
  q.into = fields.into
end

-- Undo: what the decision added goes, and the author's own words come back.
function steps.restore()
  q.reason, q.reply, q.into, q.note = nil, nil, nil, nil
  if q.original then q.text, q.original = q.original, nil end
end

function steps.assign()
  if not panel(fields.organisation) then return 'not_panel' end
  q.organisation = fields.organisation
end

function steps.claim()
  if not panel(actor.organisation) then return 'not_panel' end
  if awaiting_check() then return 'awaiting_check' end
  if held_by_another() then return 'not_holder' end
  if was == 'claimed' and mine() then event = 'renewed' end
  hold_claim()
end

function steps.release()
  if awaiting_check() then return 'awaiting_check' end
  if actor.role == 'panelist' and not mine() then return 'not_holder' end
  q.holder = nil
end

function steps.expire()
  -- A process that has watched this very lease run out knows better than a clock that was set.
  local watched = fields['until'] == q.holder['until']
  if awaiting_check() or (q.holder['until'] > now and not watched) then return 'not_expired' end
  q.holder = nil
end

function steps.answer()
  if not panel(actor.organisation) then return 'not_panel' end
  if awaiting_check() then return 'awaiting_check' end
  if held_by_another() then return 'not_holder' end
  if answered_by(actor.organisation) then return 'answered_already' end
  local draft = {
    text = fields.text, lang = fields.lang, organisation = actor.organisation,
    username = actor.username, name = actor.name,
  }
  if not session.second_check then return add_answer(draft) end
  q.draft, event = draft, 'drafted'
  if was ~= 'answered' then
    hold_claim()
    rule.to = 'claimed'
  end
end

function steps.publish()
  if not awaiting_check() then return 'no_draft' end
  if q.draft.username == actor.username then return 'own_draft' end
  add_answer(q.draft)
end

steps['return'] = function()
  if not awaiting_check() then return 'no_draft' end
  if q.draft.username == actor.username then return 'own_draft' end
  q.draft.note = fields.note
  if q.holder then q.holder['until'] = now + lease end
end

function steps.correct()
  local answer = (q.answers or {})[fields.answer]
  if not answer then return 'unknown_answer' end
  if actor.role == 'panelist' and answer.organisation ~= actor.organisation then
    return 'not_own_answer'
  end
  table.insert(answer.versions, {text = fields.text, at = now, by = actor.username})
end

function steps.remove() q.reason = fields.reason end

if revoked(KEYS[4], actor) then return refuse('revoked', raw) end
if not contains(rule.roles, actor.role) then return refuse('wrong_role', raw) end
if not contains(rule.from, was) then return refuse('wrong_state', raw) end
for _, name in ipairs(rule.needs or {}) do
  if not given(fields[name]) then return refuse('missing', raw) end
end
-- A question of immediate risk leaves its list only with a written reason.
if was == 'escalated' and not given(fields.note) then return refuse('missing', raw) end

local refusal = steps[command]()
if refusal then return refuse(refusal, raw) end

if given(rule.to) then q.state = rule.to end
-- A claim does not move a question on its list; every other change of state puts it at the end
-- of the list that it enters, where the screens append it too.
local on_desk = {approved = true, claimed = true}
if q.state ~= was and not (on_desk[q.state] and on_desk[was]) then
  q.since = next_position(KEYS[1])
end
if was == 'escalated' then q.note = fields.note end
q.changed = {command = command, at = now, username = actor.username, name = actor.name}
local record = cjson.encode(q)
redis.call('HSET', KEYS[3], ARGV[2], record)
local position = append(KEYS[1], KEYS[2], {
  type = event, at = now, by = actor.username, name = actor.name, was = was, question = q,
})
return {'done', position, record}
