import fc from 'fast-check'
import { expect, test } from 'vitest'
import { startsWithDay } from '../../src/core/calendar.ts'

test('the days of the calendar are days, all else is not', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9999 }), fc.nat(14), fc.nat(34), (year, month, day) => {
      const text = [String(year).padStart(4, '0'), String(month).padStart(2, '0'), String(day).padStart(2, '0')].join(
        '-',
      )
      const at = new Date(`${text}T00:00:00Z`)
      const isDay = !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text)
      expect(startsWithDay(text)).toBe(isDay)
    }),
    { numRuns: 2_000 },
  )
})

test.each(['2027-02-29', '2100-02-29', '2027-13-01', '2027-1-01', '', 'x2027-01-01'])('%s is none', text => {
  expect(startsWithDay(text)).toBe(false)
})

test('what follows the day does not matter', () => {
  expect(startsWithDay('2028-02-29T10:00:00')).toBe(true)
})
