import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { readRetryAfter } from '../../src/core/retry-after.ts'

const now = Date.UTC(2027, 0, 5, 10)

// where dates without a zone would be read as local ones
beforeAll(() => vi.stubEnv('TZ', 'America/New_York'))
afterAll(() => vi.unstubAllEnvs())

describe('how long a server asks us to stay away', () => {
  test.each([
    ['seconds', { 'retry-after': '7' }, 7_000],
    ['no time at all', { 'retry-after': '0' }, 0],
    ['fractions', { 'ratelimit-reset': '0.25' }, 250],
    ['a date', { 'retry-after': 'Tue, 05 Jan 2027 10:00:30 GMT' }, 30_000],
    ['a date that has passed', { 'retry-after': 'Tue, 05 Jan 2027 09:00:00 GMT' }, 1_000],
    ['an instant', { 'ratelimit-reset': '2027-01-05T10:00:05Z' }, 5_000],
    ['seconds since 1970', { 'x-ratelimit-reset': String(now / 1_000 + 12) }, 12_000],
    ['milliseconds since 1970', { 'x-ratelimit-reset': String(now + 1_500) }, 1_500],
    ['the standard beside the draft', { 'ratelimit-reset': '60', 'retry-after': '2' }, 2_000],
    ['the draft where the standard is nonsense', { 'retry-after': 'soon', 'ratelimit-reset': '3' }, 3_000],
    ['words with a number', { 'retry-after': 'retry after 5', 'ratelimit-reset': '3' }, 3_000],
    ['the oldest form of a date, which names no zone', { 'retry-after': 'Tue Jan  5 10:00:30 2027' }, 30_000],
    ['an instant without a zone', { 'retry-after': '2027-01-05T10:00:05' }, 5_000],
    ['an instant with another', { 'retry-after': '2027-01-05T11:00:05+01:00' }, 5_000],
    ['the first of several', { 'retry-after': ['4', '9'] }, 4_000],
    ['a year', { 'retry-after': '31536000' }, 3_600_000],
    ['a negative number', { 'retry-after': '-5' }, null],
    ['nothing', {}, null],
  ] as const)('%s', (_, headers, expected) => {
    expect(readRetryAfter(headers, now)).toBe(expected)
  })
})
