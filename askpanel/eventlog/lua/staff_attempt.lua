-- One more guess at a password, unless there were too many in the window that ends now.
-- The key holds the times of the guesses that were let through, oldest first: at most `limit`.
-- KEYS: attempts
-- ARGV: now window limit
-- Gives 0, or the milliseconds to wait.
local now, window = tonumber(ARGV[1]), tonumber(ARGV[2])
local oldest = redis.call('LINDEX', KEYS[1], 0)
while oldest and tonumber(oldest) + window <= now do
  redis.call('LPOP', KEYS[1])
  oldest = redis.call('LINDEX', KEYS[1], 0)
end
if oldest and tonumber(oldest) > now + window then
  -- The store's clock was set back. They count as made now, or the wait would last as long as
  -- the clock takes to come to them. (A little ahead is another process's hearing of the time.)
  for i = 0, redis.call('LLEN', KEYS[1]) - 1 do
    redis.call('LSET', KEYS[1], i, ARGV[1])
  end
  oldest = ARGV[1]
  redis.call('PEXPIRE', KEYS[1], window)
end
if redis.call('LLEN', KEYS[1]) >= tonumber(ARGV[3]) then
  -- A clock that was set back must not make the wait longer than the window.
  return math.min(window, tonumber(oldest) + window - now)
end
redis.call('RPUSH', KEYS[1], ARGV[1])
redis.call('PEXPIRE', KEYS[1], window)
return 0
