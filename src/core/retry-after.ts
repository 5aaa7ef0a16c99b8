import type { EpochMs } from './clock.ts'

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>

/** `retry-after` is the standard's (RFC 9110 section 10.2.3); the others are those of the rate limit drafts and their elders.
 *  The first that can be read counts. */
const names = ['retry-after', 'ratelimit-reset', 'x-ratelimit-reset'] as const

/** Beyond this it is no reset but a mistake. */
const maxMs = 3_600_000
/** A date has no fractions: at least a second, so that it is obeyed. */
const dateMinMs = 1_000
/** Of numbers: from here on they are moments since 1970, in seconds or in milliseconds. */
const epochSecondsMin = 1e9
const epochMsMin = 1e12

/** How long a server asks us to stay away; null where it does not say. Seconds, a date in HTTP's form or a moment. */
export function readRetryAfter(headers: Headers, now: EpochMs): number | null {
  for (const name of names) {
    const value = headers[name]
    const ms = readOne((Array.isArray(value) ? value[0] : value)?.trim() ?? '', now)
    if (ms !== null) return Math.min(ms, maxMs)
  }
  return null
}

function readOne(text: string, now: EpochMs): number | null {
  if (/^\d{1,13}(\.\d{1,6})?$/.test(text)) {
    const value = Number(text)
    if (value >= epochMsMin) return Math.max(0, value - now)
    if (value >= epochSecondsMin) return Math.max(dateMinMs, value * 1_000 - now)
    return Math.ceil(value * 1_000)
  }
  const at = Date.parse(inUtc(text))
  return Number.isNaN(at) ? null : Math.max(dateMinMs, at - now)
}

/** Without a time it is no date: "retry after 5" is May 2001 to Date. The oldest of HTTP's forms names no zone and means UTC. */
function inUtc(text: string): string {
  if (!/\d\d:\d\d/.test(text)) return ''
  if (/(?:[A-Z]|[+-]\d\d:?\d\d)$/i.test(text)) return text
  return /^\d{4}-/.test(text) ? `${text}Z` : `${text} GMT`
}
