import type { Cabin } from '../core/itinerary.ts'
import type { Carrier } from './carriers.ts'

/** An aircraft type as flown: seats are those of a usual layout, speed is block speed over the great circle (cruise less
 *  what routing and climbing cost), range with a full cabin. Rounded from the makers' public figures. */
export type Equipment = {
  /** IATA. */
  readonly code: string
  readonly family: 'turboprop' | 'regional' | 'airbus' | 'boeing' | 'wide'
  readonly seats: number
  readonly rangeKm: number
  readonly kmPerHour: number
}

const list: readonly Equipment[] = [
  type('DHC', 'turboprop', 19, 1400, 300),
  type('SF3', 'turboprop', 34, 1700, 460),
  type('AT4', 'turboprop', 48, 1500, 450),
  type('AT7', 'turboprop', 70, 1500, 460),
  type('DH4', 'turboprop', 76, 2000, 540),
  type('CRJ', 'regional', 50, 2500, 700),
  type('E75', 'regional', 76, 3700, 720),
  type('CR9', 'regional', 84, 2800, 720),
  type('E90', 'regional', 100, 4200, 730),
  type('295', 'regional', 132, 4800, 740),
  type('319', 'airbus', 138, 6500, 760),
  type('320', 'airbus', 174, 5700, 760),
  type('32N', 'airbus', 180, 6300, 760),
  type('321', 'airbus', 205, 5900, 760),
  type('32Q', 'airbus', 210, 7400, 770),
  type('73G', 'boeing', 140, 6300, 760),
  type('738', 'boeing', 172, 5700, 760),
  type('7M8', 'boeing', 178, 6500, 760),
  type('739', 'boeing', 188, 5900, 760),
  type('763', 'wide', 218, 11_000, 790),
  type('788', 'wide', 240, 13_600, 810),
  type('332', 'wide', 262, 13_400, 800),
  type('789', 'wide', 290, 14_100, 810),
  type('333', 'wide', 295, 11_700, 800),
  type('359', 'wide', 315, 15_000, 810),
  type('772', 'wide', 305, 14_300, 810),
  type('781', 'wide', 330, 11_900, 810),
  type('77W', 'wide', 350, 14_500, 810),
  type('351', 'wide', 365, 16_100, 810),
  type('388', 'wide', 500, 15_200, 810),
]

function type(code: string, family: Equipment['family'], seats: number, rangeKm: number, kmPerHour: number): Equipment {
  return { code, family, seats, rangeKm, kmPerHour }
}

/** Of the types that reach so far, the one with about so many seats; `pick` (0-2) varies between the closest. */
export function equipmentFor(carrier: Carrier, seats: number, longestLegKm: number, pick: number): Equipment {
  const able = list.filter(one => one.rangeKm >= longestLegKm * 1.05 && suits(one, carrier, longestLegKm))
  const candidates = able.length > 0 ? able : [list.find(one => one.code === '351')!]
  const ranked = candidates.toSorted((a, b) => Math.abs(a.seats - seats) - Math.abs(b.seats - seats))
  const best = ranked[0]!
  const chosen = ranked[Math.min(pick, ranked.length - 1)]!
  return Math.abs(chosen.seats - best.seats) <= best.seats * 0.12 ? chosen : best
}

function suits(one: Equipment, carrier: Carrier, km: number): boolean {
  if (one.family === 'wide') return km > 600
  if (one.family === 'turboprop') return km < 1300
  if (carrier.narrowbodies === 'both' || one.family === 'regional') return true
  return one.family === carrier.narrowbodies
}

/** Types on which airlines still have a first class. */
const firstClassTypes: ReadonlySet<string> = new Set(['77W', '388', '359', '772'])

/** Seats by cabin in the order economy, premium economy, business, first. */
export type Layout = readonly [economy: number, premium: number, business: number, first: number]

export function layoutOf(carrier: Carrier, equipment: Equipment): Layout {
  const { seats, family, code } = equipment
  if (carrier.model === 'low-cost') return [seats, 0, 0, 0]
  if (family === 'wide') {
    const first = carrier.first && firstClassTypes.has(code) ? 8 : 0
    const premium = carrier.premiumEconomy ? Math.round(seats * 0.09) : 0
    const business = Math.round(seats * 0.12)
    return [seats - first - premium - business, premium, business, first]
  }
  if (family === 'turboprop' || seats < 70) return [seats, 0, 0, 0]
  const business = carrier.model === 'network' ? Math.round(seats * 0.08) : 0
  return [seats - business, 0, business, 0]
}

/** Places in Layout and in everything that is counted by cabin. */
export const cabinIndex: Readonly<Record<Cabin, 0 | 1 | 2 | 3>> = {
  economy: 0,
  'premium-economy': 1,
  business: 2,
  first: 3,
}
