import { type EpochMs, toInstant } from '../core/clock.ts'
import { type Cabin, cabins } from '../core/itinerary.ts'
import { airportsOf } from '../reference/airports.ts'
import type { Clause } from './index-search.ts'
import type { Circle, DateRange, Trip } from './port.ts'

const dayMs = 86_400_000

/** A city is its airports. */
export function atPlace(field: 'origin' | 'destination', code: string): Clause {
  return { terms: { [field]: [...new Set([...airportsOf(code), code])] } }
}

/** All of the journey in this cabin: a flight in business with a leg in economy is no bargain of either. */
export function inCabin(cabin: Cabin): Clause {
  const others = cabins.filter(other => other !== cabin)
  return { bool: { filter: [{ term: { cabins: cabin } }], must_not: [{ terms: { cabins: others } }] } }
}

export function ofTrip(trip: Trip | 'multi'): Clause {
  return { term: { trip } }
}

export function inMonth(month: string): Clause {
  return { range: { departureDate: { gte: `${month}-01`, lt: `${month}-01||+1M` } } }
}

export function shoppedSince(now: EpochMs, days: number): Clause {
  return { range: { shoppedAt: { gte: toInstant(now - days * dayMs) } } }
}

/** Both ends included; days as the field has them. */
export function between(
  field: 'departureDate' | 'returnDate' | 'shoppedAt' | 'nights' | 'lowestPriceMinor' | 'shownPriceMinor',
  from: string | number | undefined,
  to: string | number | undefined,
): readonly Clause[] {
  if (from === undefined && to === undefined) return []
  return [
    { range: { [field]: { ...(from === undefined ? {} : { gte: from }), ...(to === undefined ? {} : { lte: to }) } } },
  ]
}

/** Of a field with the time of day in it, the whole of the last day. */
export function onDays(field: 'departureDate' | 'returnDate' | 'shoppedAt', range: DateRange | undefined): Clause[] {
  return [...between(field, range?.from, range?.to === undefined ? undefined : `${range.to}||/d`)]
}

export function nearby(field: 'originLocation' | 'destinationLocation', { lat, lon, km }: Circle): Clause {
  return { geo_distance: { distance: `${km}km`, [field]: { lat, lon } } }
}
