import { describe, expect, test } from 'vitest'
import { readRetryAfter } from '../../src/core/retry-after.ts'

const now = Date.UTC(2027, 0, 5, 10)

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
    ['the first of several', { 'retry-after': ['4', '9'] }, 4_000],
    ['a year', { 'retry-after': '31536000' }, 3_600_000],
    ['a negative number', { 'retry-after': '-5' }, null],
    ['nothing', {}, null],
  ] as const)('%s', (_, headers, expected) => {
    expect(readRetryAfter(headers, now)).toBe(expected)
  })
})
