/** token-bucket.ts and the bounds of budget-ledger.ts as one step in Redis, by Redis' own clock. Times are in milliseconds.
 *  Lost: a list of the last calls' times is exact for any window too, but costs a member per call and minute (4,000 of them
 *  for one supplier); reading and writing in two steps sends too many as soon as two processes ask at once.
 *
 *  KEYS  1 buckets and pauses, 2 counts by day: one hash tag
 *  ARGV  1 look 0|1, 2 urgent 0|1, 3 ahead ms, 4 looks per day or 0, 5 looks to a booking or 0, 6 today, 7 yesterday,
 *        8 looks taken without Redis, 9 bookings, 10 tokens taken without Redis, 11 since how many ms,
 *        then per bucket: interval ms, tokens
 *  Gives {kind, wait, looks, bookings, bookings of yesterday, pause}; times in whole microseconds. */
export const takeScript = `
local t = redis.call('TIME')
local now = t[1] * 1000 + t[2] / 1000
local look, urgent, ahead = ARGV[1] == '1', ARGV[2] == '1', tonumber(ARGV[3])
if ARGV[8] ~= '0' then redis.call('HINCRBY', KEYS[2], 'looks ' .. ARGV[6], ARGV[8]) end
if ARGV[9] ~= '0' then redis.call('HINCRBY', KEYS[2], 'bookings ' .. ARGV[6], ARGV[9]) end
local c = redis.call('HMGET', KEYS[2], 'looks ' .. ARGV[6], 'bookings ' .. ARGV[6], 'bookings ' .. ARGV[7])
local looks, bookings, before = tonumber(c[1] or 0), tonumber(c[2] or 0), tonumber(c[3] or 0)
local s = redis.call('HMGET', KEYS[1], 'paused', 'urgent', 'full1', 'full2')
local first = 12
if ARGV[10] ~= '0' then
  for i = first, #ARGV, 2 do
    local n = (i - first) / 2
    local full = math.max(now - tonumber(ARGV[11]), tonumber(s[3 + n] or 0)) + tonumber(ARGV[10]) * tonumber(ARGV[i])
    s[3 + n] = string.format('%.3f', full)
    redis.call('HSET', KEYS[1], 'full' .. (n + 1), s[3 + n])
  end
end
local paused = math.max(0, tonumber(s[1] or 0) - now)
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
  local full = tonumber(s[3 + (i - first) / 2] or 0)
  slot = math.max(slot, full - (tonumber(ARGV[i + 1]) - 1) * tonumber(ARGV[i]))
end
if slot > now + ahead then
  if urgent then redis.call('HSET', KEYS[1], 'urgent', string.format('%.3f', slot + ahead)) end
  return say('later', slot - now - ahead)
end
if not urgent and #ARGV >= first and tonumber(s[2] or 0) > now then
  return say('later', tonumber(s[2]) - now)
end
for i = first, #ARGV, 2 do
  local n = (i - first) / 2
  local full = math.max(slot, tonumber(s[3 + n] or 0)) + tonumber(ARGV[i])
  redis.call('HSET', KEYS[1], 'full' .. (n + 1), string.format('%.3f', full))
end
if urgent and s[2] then redis.call('HDEL', KEYS[1], 'urgent') end
if #ARGV >= first then redis.call('PEXPIRE', KEYS[1], 3600000) end
if look then
  looks = redis.call('HINCRBY', KEYS[2], 'looks ' .. ARGV[6], 1)
  if looks == 1 then redis.call('PEXPIRE', KEYS[2], 259200000) end
end
return say('granted', slot - now)
`

/** KEYS 1 buckets and pauses; ARGV 1 for how long. The longest pause that was asked for holds. */
export const pauseScript = `
local t = redis.call('TIME')
local till = t[1] * 1000 + t[2] / 1000 + tonumber(ARGV[1])
if till > tonumber(redis.call('HGET', KEYS[1], 'paused') or 0) then
  redis.call('HSET', KEYS[1], 'paused', string.format('%.3f', till))
  redis.call('PEXPIRE', KEYS[1], 7200000)
end
return 0
`
