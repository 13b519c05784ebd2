-- Sign-ins that have outlived their time end, each with its entry, so that its sockets close.
-- KEYS: signins meta log
-- ARGV: now lifetime
local now, ended = tonumber(ARGV[1]), 0
local signins = redis.call('HGETALL', KEYS[1])
for i = 1, #signins, 2 do
  local signin = cjson.decode(signins[i + 1])
  if now - signin.at >= tonumber(ARGV[2]) then
    redis.call('HDEL', KEYS[1], signins[i])
    append(KEYS[2], KEYS[3], {
      type = 'signed_out', username = signin.username, version = signin.version,
      signin = signins[i], at = now,
    })
    ended = ended + 1
  end
end
return ended
