/** token-bucket.ts and the bounds of budget-ledger.ts as one step in Redis, by Redis' own clock. Times are in milliseconds.
 *  Lost: a list of the last calls' times is exact for any window too, but costs a member per call and minute (4,000 of them
 *  for one supplier); reading and writing in two steps sends too many as soon as two processes ask at once.
 *
 *  KEYS  1 buckets and pauses, 2 counts by day: one hash tag
 *  ARGV  1 look 0|1, 2 urgent 0|1, 3 ahead ms, 4 looks per day or 0, 5 looks to a booking or 0, 6 today, 7 yesterday,
 *        8 looks taken without Redis, 9 bookings, 10 tokens taken without Redis, 11 since how many ms,
 *        12 looks, 13 bookings and 14 bookings of yesterday as they were last heard: Redis may have lost them,
 *        then per bucket: interval ms, tokens
 *  Gives {kind, wait, looks, bookings, bookings of yesterday, pause}; times in whole microseconds. */
export const takeScript = `
local t = redis.call('TIME')
local now = t[1] * 1000 + t[2] / 1000
local look, urgent, ahead = ARGV[1] == '1', ARGV[2] == '1', tonumber(ARGV[3])
local fields = {'looks ' .. ARGV[6], 'bookings ' .. ARGV[6], 'bookings ' .. ARGV[7]}
local known = redis.call('HMGET', KEYS[2], unpack(fields))
local counts, told = {}, {tonumber(ARGV[8]), tonumber(ARGV[9]), 0}
for i = 1, 3 do
  local before = tonumber(known[i] or 0)
  counts[i] = math.max(before, tonumber(ARGV[11 + i])) + told[i]
  if counts[i] ~= before then
    redis.call('HSET', KEYS[2], fields[i], string.format('%.0f', counts[i]))
    redis.call('PEXPIRE', KEYS[2], 259200000)
  end
end
local looks, bookings, before = counts[1], counts[2], counts[3]
local s = redis.call('HMGET', KEYS[1], 'paused', 'urgent', 'full1', 'full2')
local first = 15
local full = {}
for i = first, #ARGV, 2 do
  local n = (i - first) / 2 + 1
  local empty = now + ARGV[i] * ARGV[i + 1]
  full[n] = tonumber(s[2 + n] or 0)
  -- no debt is so long: the clock went back, for which nobody waits
  if full[n] > empty + 60000 then
    full[n] = empty
    redis.call('HSET', KEYS[1], 'full' .. n, string.format('%.3f', empty))
  end
end
if ARGV[10] ~= '0' then
  for i = first, #ARGV, 2 do
    local n = (i - first) / 2 + 1
    full[n] = math.max(now - ARGV[11], full[n]) + ARGV[10] * ARGV[i]
    redis.call('HSET', KEYS[1], 'full' .. n, string.format('%.3f', full[n]))
  end
end
local paused = math.max(0, tonumber(s[1] or 0) - now)
if paused > 3601000 then paused = 0 end
local function say(kind, wait)
  return {kind, math.ceil(wait * 1000), looks, bookings, before, math.ceil(paused * 1000)}
end
if look then
  local perDay, ratio = tonumber(ARGV[4]), tonumber(ARGV[5])
  if perDay > 0 and looks >= perDay then return say('looks-per-day', 0) end
  if ratio > 0 and looks >= ratio * math.max(1, bookings, before) then return say('look-to-book', 0) end
end
if paused > 0 then return say('paused', paused) end
local slot = now
for i = first, #ARGV, 2 do
  slot = math.max(slot, full[(i - first) / 2 + 1] - (ARGV[i + 1] - 1) * ARGV[i])
end
if slot > now + ahead then
  if urgent then redis.call('HSET', KEYS[1], 'urgent', string.format('%.3f', slot + ahead)) end
  return say('later', slot - now - ahead)
end
local waits = tonumber(s[2] or 0) - now
if not urgent and #ARGV >= first and waits > 0 and waits < 120000 then return say('later', waits) end
local keep = 3600000
for i = first, #ARGV, 2 do
  local n = (i - first) / 2 + 1
  full[n] = math.max(slot, full[n]) + ARGV[i]
  keep = math.max(keep, full[n] - now)
  redis.call('HSET', KEYS[1], 'full' .. n, string.format('%.3f', full[n]))
end
if urgent and s[2] then redis.call('HDEL', KEYS[1], 'urgent') end
if #ARGV >= first then redis.call('PEXPIRE', KEYS[1], math.ceil(keep)) end
if look then
  looks = redis.call('HINCRBY', KEYS[2], 'looks ' .. ARGV[6], 1)
  if looks == 1 then
    redis.call('PEXPIRE', KEYS[2], 259200000)
    for _, field in ipairs(redis.call('HKEYS', KEYS[2])) do
      if string.sub(field, -10) < ARGV[7] then redis.call('HDEL', KEYS[2], field) end
    end
  end
end
return say('granted', slot - now)
`

/** KEYS 1 buckets and pauses; ARGV 1 for how long. The longest pause that was asked for holds. */
export const pauseScript = `
local t = redis.call('TIME')
local till = t[1] * 1000 + t[2] / 1000 + tonumber(ARGV[1])
local was = tonumber(redis.call('HGET', KEYS[1], 'paused') or 0)
if till > was or was > till + 3600000 then
  redis.call('HSET', KEYS[1], 'paused', string.format('%.3f', till))
  redis.call('PEXPIRE', KEYS[1], 7200000)
end
return 0
`

/** An order was made. KEYS 1 counts by day; ARGV 1 today, 2 bookings of today as they were last heard. Gives how many now. */
export const bookScript = `
local field = 'bookings ' .. ARGV[1]
local bookings = math.max(tonumber(redis.call('HGET', KEYS[1], field) or 0), tonumber(ARGV[2])) + 1
redis.call('HSET', KEYS[1], field, string.format('%.0f', bookings))
redis.call('PEXPIRE', KEYS[1], 259200000)
return bookings
`

/** What another process may have changed: KEYS as above; ARGV 1 today, 2 yesterday. Gives {looks, bookings, bookings of
 *  yesterday, pause in whole microseconds}. */
export const lookUpScript = `
local t = redis.call('TIME')
local now = t[1] * 1000 + t[2] / 1000
local c = redis.call('HMGET', KEYS[2], 'looks ' .. ARGV[1], 'bookings ' .. ARGV[1], 'bookings ' .. ARGV[2])
local paused = math.max(0, tonumber(redis.call('HGET', KEYS[1], 'paused') or 0) - now)
if paused > 3601000 then paused = 0 end
return {tonumber(c[1] or 0), tonumber(c[2] or 0), tonumber(c[3] or 0), math.ceil(paused * 1000)}
`

/** KEYS 1 the living; ARGV 1 who we are, 2 how long one is counted. Gives how many they are: by Redis' clock, since those of
 *  machines differ. */
export const beatScript = `
local t = redis.call('TIME')
local now = math.floor(t[1] * 1000 + t[2] / 1000)
redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[2])
redis.call('ZREMRANGEBYSCORE', KEYS[1], now + ARGV[2], '+inf')
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return redis.call('ZCARD', KEYS[1])
`
