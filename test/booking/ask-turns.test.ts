import { expect, test } from 'vitest'
import { makeAskTurns } from '../../src/booking/ask-turns.ts'
import { manualClock } from '../../src/core/clock.ts'

test('ten thousand bookings are remembered; the one asked about longest ago is forgotten first', () => {
  const mayAsk = makeAskTurns(manualClock(0))
  expect(mayAsk('first')).toBe(true)
  for (let n = 1; n < 10_000; n++) mayAsk(`bkg_${n}`)
  expect(mayAsk('first')).toBe(false)
  mayAsk('one more')
  expect(mayAsk('bkg_1')).toBe(false)
  expect(mayAsk('first')).toBe(true)
})
