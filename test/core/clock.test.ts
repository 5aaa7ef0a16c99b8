import { describe, expect, test } from 'vitest'
import { manualClock, parseInstant, toInstant } from '../../src/core/clock.ts'
import { DeadlineError, startDeadline } from '../../src/core/deadline.ts'
import { linesByPointer } from '../../src/core/json-lines.ts'

describe('a deadline', () => {
  test('passes once, with the reason, and says what is left until then', () => {
    const clock = manualClock(1_000)
    const deadline = startDeadline(clock, 500)
    clock.advance(400)
    expect([deadline.remainingMs(), deadline.signal.aborted]).toEqual([100, false])
    clock.advance(100)
    expect(deadline.remainingMs()).toBe(0)
    expect(deadline.signal.reason).toEqual(new DeadlineError(500))
  })

  test('is over when the caller leaves, and stays silent when it was disposed of', () => {
    const clock = manualClock(0)
    const left = startDeadline(clock, 500)
    left.cancel('gone')
    expect(left.signal.reason).toBe('gone')
    const done = startDeadline(clock, 500)
    done.dispose()
    clock.advance(1_000)
    expect(done.signal.aborted).toBe(false)
  })
})

describe('instants', () => {
  test('are written as Date writes them, in any order', () => {
    // near and far in turn, before 1970 too, so that minutes push each other out
    const times = [0, 1, 59_999, 60_000, -1, -60_000, 16 * 60_000, 1_799_999_999_999, 1_800_000_000_001.9]
    for (let i = 0; i < 5_000; i++) times.push((i % 2 === 0 ? 7 : -6) * i * 9_999_991, 1_800_000_000_000 + i * 977)
    for (const ms of times) expect(toInstant(ms)).toBe(new Date(ms).toISOString().replace('.000Z', 'Z'))
  })

  test.each([Number.NaN, Number.POSITIVE_INFINITY, 9e15])('%d is none', ms => {
    expect(() => toInstant(ms)).toThrow(RangeError)
  })

  test.each([
    ['2027-01-05T10:00:00Z', Date.UTC(2027, 0, 5, 10)],
    ['2027-01-05T10:00:00+02:00', Date.UTC(2027, 0, 5, 8)],
    ['2027-01-05T10:00:00.250Z', Date.UTC(2027, 0, 5, 10, 0, 0, 250)],
  ])('%s', (text, ms) => {
    expect(parseInstant(text)).toBe(ms)
    expect(parseInstant(toInstant(ms))).toBe(ms)
  })

  test.each(['2027-01-05', '2027-01-05T10:00:00', 'tomorrow', '2027-13-05T10:00:00Z', ''])('%s is none', text => {
    expect(parseInstant(text)).toBeUndefined()
  })
})

test('every value of a JSON text has its line, however it is written', () => {
  const text = '{\n "a": [1,\n  {"b\\"": "x\\n"}],\n\n "c/d": null, "e": {}\n}'
  expect(Object.fromEntries(linesByPointer(text))).toEqual({
    '': 1,
    '/a': 2,
    '/a/0': 2,
    '/a/1': 3,
    '/a/1/b"': 3,
    '/c~1d': 5,
    '/e': 5,
  })
})
