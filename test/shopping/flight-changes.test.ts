import { describe, expect, it } from 'vitest'
import { manualClock } from '../../src/core/clock.ts'
import { changesKeptMs, compareMarks, FlightChanges, flightsOf } from '../../src/shopping/flight-changes.ts'
import { makeOffer, outbound } from './support/offers.ts'
import { now } from './support/shopping.ts'

const flight = (number: string) => flightsOf([makeOffer({ slices: [[{ ...outbound, flight: number }]] })])
const [ba117, ba175] = [flight('BA117'), flight('BA175')]

describe('the record of changed flights', () => {
  it('says of each place what has changed since, in its own order and not by the clock', () => {
    const changes = new FlightChanges(manualClock(now))
    changes.follow('100-0')
    changes.apply('100-1', ba117)
    changes.apply('100-2', ba175)
    const since = (mark: string) => changes.sequenceOf(mark)!
    expect(changes.hasChanged(ba117, since('100-0'))).toBe(true)
    expect(changes.hasChanged(ba117, since('100-1'))).toBe(false)
    expect(changes.hasChanged(ba175, since('100-1'))).toBe(true)
    expect(changes.hasChanged(ba175, since('100-2'))).toBe(false)
  })

  it('knows nothing of what was asked before it was followed, or was lost on the way', () => {
    const changes = new FlightChanges(manualClock(now))
    changes.note(ba117)
    const alone = changes.mark()
    expect(changes.sequenceOf(alone)).toBe(1)
    changes.follow('100-5')
    expect(changes.sequenceOf('100-4')).toBeUndefined()
    const before = changes.sequenceOf('100-5')!
    changes.follow('200-0')
    expect(changes.sequenceOf('100-5')).toBeUndefined()
    expect(changes.hasChanged(ba175, before)).toBe(true)
  })

  it('takes no mark for its own that another process has counted', () => {
    const [a, b] = [new FlightChanges(manualClock(now)), new FlightChanges(manualClock(now))]
    for (let i = 0; i < 5; i++) a.note(ba117)
    b.follow('100-0')
    b.apply('100-1', ba117)
    expect(b.sequenceOf(a.mark())).toBeUndefined()
  })

  it('is known here at once, whether or not the others hear of it', () => {
    const changes = new FlightChanges(manualClock(now))
    changes.follow('100-0')
    const mark = changes.mark()
    changes.note(ba117)
    expect(changes.hasChanged(ba117, changes.sequenceOf(mark)!)).toBe(true)
    expect(changes.hasChanged(ba175, changes.sequenceOf(mark)!)).toBe(false)
  })

  it('keeps no change longer than a cached search can live', () => {
    const clock = manualClock(now)
    const changes = new FlightChanges(clock)
    changes.follow('100-0')
    const since = changes.sequenceOf('100-0')!
    changes.note(ba117)
    clock.advance(changesKeptMs + 1)
    changes.note(ba175)
    expect(changes.hasChanged(ba117, since)).toBe(false)
    expect(changes.hasChanged(ba175, since)).toBe(true)
  })

  it('orders marks by time, then by number', () => {
    const marks = ['', '99-7', '100-0', '100-2', '100-10', '1000-0']
    expect([...marks].reverse().sort(compareMarks)).toEqual(marks)
  })

  it('tells flights apart by number, day and airports', () => {
    const others = [
      { ...outbound, flight: 'BA118' },
      { ...outbound, departure: '2027-03-11T08:20:00' },
      { ...outbound, from: 'LGW' },
      { ...outbound, to: 'EWR' },
    ].map(other => flightsOf([makeOffer({ slices: [[other]] })])[0])
    expect(new Set([ba117[0], ...others]).size).toBe(5)
    expect(flightsOf([makeOffer({ slices: [[{ ...outbound, departure: '2027-03-10T09:00:00' }]] })])).toEqual(ba117)
  })
})
