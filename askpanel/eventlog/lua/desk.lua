-- Steps of the desk.

local function mine() return q.holder and q.holder.username == actor.username end
local function held_by_another() return q.holder and not mine() and q.holder['until'] > now end
local function awaiting_check() return q.draft and not given(q.draft.note) end

local function hold_claim()
  local since = mine() and q.holder.since or next_position(KEYS[1])
  q.holder = {
    username = actor.username, name = actor.name,
    organisation = actor.organisation, ['until'] = now + lease, since = since,
    typing = given(fields.typing) and now or nil,
  }
end

local function answer_called(id)
  local answer = (q.answers or {})[id]
  return answer, not answer and 'unknown_answer' or nil
end

local function answered_by(organisation)
  for _, answer in ipairs(q.answers or {}) do
    if answer.organisation == organisation then return answer end
  end
end

-- What was being written is no longer wanted.
local function forget_kept(username)
  redis.call('HDEL', KEYS[5], q.number .. ':' .. username)
end

local function add_answer(by)
  q.answers = q.answers or {}
  table.insert(q.answers, {
    id = #q.answers + 1, organisation = by.organisation, lang = by.lang,
    versions = {{text = by.text, at = now, by = by.username}},
  })
  q.holder, q.draft, q.note = nil, nil, nil
  q.published = q.published or next_position(KEYS[1])
  forget_kept(by.username)
end

-- Another wording of an answer: a correction, or the same in another language.
local function add_wording(by)
  local answer, version = q.answers[by.answer], {text = by.text, at = now, by = by.username}
  q.draft = nil
  if by.lang == answer.lang then
    event = 'corrected'
    table.insert(answer.versions, version)
    -- Whoever put their name to it had read other words.
    answer.cosigned = nil
    return
  end
  event = 'translated'
  answer.counterparts = answer.counterparts or {}
  answer.counterparts[by.lang] = answer.counterparts[by.lang] or {}
  table.insert(answer.counterparts[by.lang], version)
end

-- What somebody wrote, as a draft; and whether it must wait: for a second pair of eyes where the
-- session asks for one, for a lead's where a number in it is not on the list.
local function written(answer)
  local found = lines_in(fields.unverified)
  local asks = found and given(fields.ask_lead)
  local refusal = not asks and unverified(found)
  local draft = {
    text = fields.text, lang = fields.lang, organisation = actor.organisation or '',
    username = actor.username, name = actor.name,
    answer = answer and answer.id or nil, unverified = asks and found or nil,
  }
  return draft, session.second_check or asks, refusal or nil
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
  if awaiting_check() or not over(q.holder) then return 'not_expired' end
  q.holder = nil
end

function steps.answer()
  if not panel(actor.organisation) then return 'not_panel' end
  if awaiting_check() then return 'awaiting_check' end
  if held_by_another() then return 'not_holder' end
  if answered_by(actor.organisation) then return 'answered_already' end
  local draft, waits, refusal = written()
  if refusal then return refusal end
  if not waits then return add_answer(draft) end
  q.draft, event = draft, 'drafted'
  forget_kept(actor.username)
  if was ~= 'answered' then
    hold_claim()
    rule.to = 'claimed'
  end
end

function steps.publish()
  if not awaiting_check() then return 'no_draft' end
  if q.draft.username == actor.username then return 'own_draft' end
  local refusal = unverified(q.draft.unverified)
  if refusal then return refusal end
  if given(q.draft.answer) then return add_wording(q.draft) end
  add_answer(q.draft)
end

steps['return'] = function()
  if not awaiting_check() then return 'no_draft' end
  if q.draft.username == actor.username then return 'own_draft' end
  q.draft.note = fields.note
  if q.holder then q.holder['until'] = now + lease end
end

local function reword(answer, lang)
  if awaiting_check() then return 'awaiting_check' end
  local former = lang == answer.lang and answer.versions or (answer.counterparts or {})[lang] or {}
  if #former >= MOST_VERSIONS then return 'full' end
  fields.lang = lang
  local draft, waits, refusal = written(answer)
  if refusal then return refusal end
  if not waits then return add_wording(draft) end
  q.draft, event = draft, 'drafted'
end

function steps.correct()
  local answer, unknown = answer_called(fields.answer)
  if unknown then return unknown end
  if actor.role == 'panelist' and answer.organisation ~= actor.organisation then
    return 'not_own_answer'
  end
  return reword(answer, answer.lang)
end

function steps.translate()
  local answer, unknown = answer_called(fields.answer)
  if unknown then return unknown end
  if actor.role == 'panelist' and answer.organisation ~= actor.organisation then
    return 'not_own_answer'
  end
  if fields.lang == answer.lang or not contains(session.languages, fields.lang) then
    return 'bad_lang'
  end
  return reword(answer, fields.lang)
end

function steps.cosign()
  local answer, unknown = answer_called(fields.answer)
  if unknown then return unknown end
  if not panel(actor.organisation) then return 'not_panel' end
  if answer.organisation == actor.organisation then return 'own_answer' end
  answer.cosigned = answer.cosigned or {}
  for _, each in ipairs(answer.cosigned) do
    if each.organisation == actor.organisation then return 'cosigned_already' end
  end
  table.insert(answer.cosigned, {
    organisation = actor.organisation, by = actor.username, name = actor.name, at = now,
  })
end

function steps.remove() q.reason, q.removed_at = fields.reason, now end
