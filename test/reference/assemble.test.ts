import { describe, expect, it } from 'vitest'
import type { Segment } from '../../src/core/itinerary.ts'
import { assembleSlice, checkDuration, completeSegment } from '../../src/reference/assemble.ts'

function segment(route: string, departure: string, arrival: string, more: Partial<Segment> = {}): Segment {
  const [origin, destination] = route.split('-') as [string, string]
  return {
    id: 'seg_1',
    marketing: { carrier: 'BA', number: '117' },
    operating: { carrier: 'BA', number: null, name: null },
    origin,
    originTerminal: null,
    destination,
    destinationTerminal: null,
    departure,
    departureZone: null,
    arrival,
    arrivalZone: null,
    durationMinutes: null,
    aircraft: '77W',
    stops: [],
    marriageGroup: null,
    fares: [],
    status: null,
    ...more,
  }
}

const lhrJfk = segment('LHR-JFK', '2027-03-10T08:20:00', '2027-03-10T11:15:00')

describe('a segment', () => {
  it('gets zones and duration from the tables', () => {
    expect(completeSegment(lhrJfk)).toEqual({
      ...lhrJfk,
      departureZone: 'Europe/London',
      arrivalZone: 'America/New_York',
      durationMinutes: 475,
    })
  })

  it('is longer or shorter by the hour between the changes to summer time of its two ends', () => {
    // Britain changes on 28 March, the States on the 14th: five hours apart, four from the 14th to the 28th
    const march = segment('LHR-JFK', '2027-03-20T08:20:00', '2027-03-20T11:15:00')
    expect(completeSegment(march).durationMinutes).toBe(175 + 240)
    const february = segment('LHR-JFK', '2027-02-20T08:20:00', '2027-02-20T11:15:00')
    expect(completeSegment(february).durationMinutes).toBe(175 + 300)
  })

  it('keeps what the supplier said, and is itself where nothing lacks', () => {
    const said = completeSegment({ ...lhrJfk, durationMinutes: 400 })
    expect(said.durationMinutes).toBe(400)
    expect(completeSegment(said)).toBe(said)
  })

  it('crosses the date line', () => {
    const eastward = segment('SYD-LAX', '2027-06-10T11:00:00', '2027-06-10T07:30:00')
    expect(completeSegment(eastward).durationMinutes).toBe(13 * 60 + 30)
  })

  it('of unknown airports, or with broken times, stays without', () => {
    const unknown = completeSegment(segment('QQQ-JFK', '2027-03-10T08:20:00', '2027-03-10T11:15:00'))
    expect(unknown).toMatchObject({ departureZone: null, arrivalZone: 'America/New_York', durationMinutes: null })
    expect(completeSegment({ ...lhrJfk, arrival: 'soon' }).durationMinutes).toBeNull()
    expect(completeSegment({ ...lhrJfk, arrival: '2027-03-09T11:15:00' }).durationMinutes).toBeNull()
  })

  it('has its fields in the order of every other one, completed or not', () => {
    const complete = segment('LHR-JFK', '2027-03-10T08:20:00', '2027-03-10T11:15:00')
    expect(Object.keys(completeSegment(complete))).toEqual(Object.keys(complete))
  })
})

describe('a slice', () => {
  it('of one segment has its duration and no connection', () => {
    expect(assembleSlice([lhrJfk])).toMatchObject({
      origin: 'LHR',
      destination: 'JFK',
      durationMinutes: 475,
      connections: [],
    })
  })

  it('counts from first departure to last arrival, whatever the segments say', () => {
    const first = segment('LHR-DUB', '2027-02-10T08:00:00', '2027-02-10T09:20:00', { durationMinutes: 1 })
    const second = segment('DUB-JFK', '2027-02-10T10:45:00', '2027-02-10T13:30:00', { durationMinutes: 1 })
    const slice = assembleSlice([first, second])
    expect(slice.durationMinutes).toBe(5.5 * 60 + 300)
    expect(slice.connections).toEqual([
      { airport: 'DUB', minutes: 85, airportChange: false, overnight: false, selfTransfer: false },
    ])
  })

  it('sees a change of airport and a night', () => {
    const first = segment('EDI-LHR', '2027-02-10T20:00:00', '2027-02-10T21:30:00')
    const second = segment('LGW-JFK', '2027-02-11T09:00:00', '2027-02-11T12:00:00')
    expect(assembleSlice([first, second]).connections).toEqual([
      { airport: 'LHR', minutes: 690, airportChange: true, overnight: true, selfTransfer: false },
    ])
  })

  it('counts a night in which the clocks change', () => {
    const first = segment('LHR-CDG', '2027-03-27T20:00:00', '2027-03-27T22:00:00')
    const second = segment('CDG-JFK', '2027-03-28T08:00:00', '2027-03-28T10:00:00')
    expect(assembleSlice([first, second]).connections[0]).toMatchObject({ minutes: 540, overnight: true })
  })

  it('through an airport that nobody knows still has its time on the ground, and its duration by sum', () => {
    const first = segment('LHR-QQQ', '2027-02-10T08:00:00', '2027-02-10T10:00:00', { durationMinutes: 120 })
    const second = segment('QQQ-JFK', '2027-02-10T11:30:00', '2027-02-10T14:00:00', { durationMinutes: 400 })
    expect(assembleSlice([first, second])).toMatchObject({ durationMinutes: 660, connections: [{ minutes: 90 }] })
    const lost = segment('QQR-QQQ', '2027-02-10T08:00:00', '2027-02-10T10:00:00', { durationMinutes: 120 })
    expect(assembleSlice([lost, { ...second, destination: 'QQS' }]).durationMinutes).toBe(610)
    expect(assembleSlice([{ ...lost, durationMinutes: null }, second]).durationMinutes).toBeNull()
  })

  it('that leaves before it arrives has no time on the ground', () => {
    const first = segment('LHR-DUB', '2027-02-10T08:00:00', '2027-02-10T09:20:00')
    const second = segment('DUB-JFK', '2027-02-10T09:00:00', '2027-02-10T13:30:00')
    expect(assembleSlice([first, second]).connections[0]!.minutes).toBeNull()
  })

  it('has at least one segment', () => {
    expect(() => assembleSlice([])).toThrow(RangeError)
  })
})

describe("the supplier's duration", () => {
  it('is doubted where local times and zones say otherwise by more than a minute', () => {
    expect(checkDuration({ ...lhrJfk, durationMinutes: 476 }, '/x')).toBeUndefined()
    expect(checkDuration({ ...lhrJfk, durationMinutes: 415 }, '/x')).toEqual({
      code: 'duration-mismatch',
      at: '/x',
      text: 'LHR-JFK: 415 minutes given, 475 by local times and zones',
    })
  })

  it('is believed where nothing can be said against it', () => {
    expect(checkDuration(lhrJfk, '/x')).toBeUndefined()
    expect(checkDuration({ ...lhrJfk, origin: 'QQQ', durationMinutes: 475 }, '/x')).toBeUndefined()
  })
})

describe('cost', () => {
  it('a search of 250 offers with four segments is assembled in a few milliseconds', () => {
    const out = [
      segment('LHR-DUB', '2027-02-10T08:00:00', '2027-02-10T09:20:00'),
      segment('DUB-JFK', '2027-02-10T10:45:00', '2027-02-10T13:30:00'),
    ]
    const back = [
      segment('JFK-DUB', '2027-02-17T18:00:00', '2027-02-18T05:20:00'),
      segment('DUB-LHR', '2027-02-18T06:45:00', '2027-02-18T08:10:00'),
    ]
    let best = Number.POSITIVE_INFINITY
    for (let round = 0; round < 8; round++) {
      const start = performance.now()
      for (let i = 0; i < 250; i++) {
        assembleSlice(out)
        assembleSlice(back)
      }
      best = Math.min(best, performance.now() - start)
    }
    expect(best).toBeLessThan(5)
  })
})
