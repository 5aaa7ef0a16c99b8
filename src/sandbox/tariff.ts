import type { Cabin } from '../core/itinerary.ts'
import type { BrandTerms } from './brands.ts'
import type { Carrier } from './carriers.ts'
import { type Day, dateOf, weekday } from './days.ts'
import { letterOf } from './ladders.ts'
import { distance, type Node } from './network.ts'
import { fraction, hashText } from './random.ts'

const seasonFactors = { H: 1.25, K: 1.08, L: 1 } as const

/** What an airline files between two cities: a price for every step of its ladders and every brand, with the rules that
 *  are in the fare basis. Dollars; a supplier turns them into its price and currency. */
export type Market = {
  readonly owner: Carrier
  readonly from: Node
  readonly to: Node
  /** Round trips and what comes back in the end: half of them is filed for each direction. */
  readonly roundTrip: boolean
  readonly stops: number
  readonly km: number
  readonly season: 'H' | 'K' | 'L'
  readonly weekend: boolean
  /** Of the dearest step of economy, one way, with season, day and airline in it. */
  readonly fullDollars: number
}

/** When the whole journey is bought and how long it lasts. */
export type Purchase = { readonly today: Day; readonly firstDeparture: Day; readonly lastDeparture: Day }

export type MarketKey = Pick<Market, 'owner' | 'from' | 'to' | 'roundTrip' | 'stops'> & { readonly departure: Day }

export function marketOf({ owner, from, to, roundTrip, stops, departure }: MarketKey, seed: number): Market {
  const km = distance(from, to)
  const season = seasonOf(departure)
  const weekend = weekday(departure) >= 4
  const full = 80 + 3.1 * km ** 0.72
  const day = seasonFactors[season] * (weekend ? 1.08 : 1)
  const fullDollars = full * carrierFactor(owner, from, to, seed) * day * 0.91 ** stops
  return { owner, from, to, roundTrip, stops, km, season, weekend, fullDollars }
}

/** One way in the dearest step of economy, then by cabin and step. */
const levels: Readonly<Record<Cabin, readonly number[]>> = {
  economy: [1, 0.86, 0.74, 0.64, 0.55, 0.47, 0.4, 0.33, 0.27, 0.21, 0.16, 0.12],
  'premium-economy': [1.5, 1.1, 0.75],
  business: [3.2, 2.6, 2.1, 1.6, 1.2],
  first: [5, 3.8],
}

/** Days between purchase and departure. */
const advance: Readonly<Record<Cabin, readonly number[]>> = {
  economy: [0, 0, 0, 0, 3, 3, 7, 7, 14, 14, 21, 21],
  'premium-economy': [0, 7, 21],
  business: [0, 0, 7, 14, 21],
  first: [0, 14],
}

/** Cheapest steps of economy that network airlines sell only with three days at the destination. */
const minimumStayFrom = 8
const minimumStayDays = 3
const minimumStayKm = 1500

export function isOnSale(market: Market, cabin: Cabin, step: number, purchase: Purchase): boolean {
  if (purchase.firstDeparture - purchase.today < advance[cabin][step]!) return false
  return !hasMinimumStay(market, cabin, step) || purchase.lastDeparture - purchase.firstDeparture >= minimumStayDays
}

function hasMinimumStay({ owner, roundTrip, km }: Market, cabin: Cabin, step: number): boolean {
  const cheap = cabin === 'economy' && step >= minimumStayFrom
  return cheap && roundTrip && owner.model === 'network' && km > minimumStayKm
}

/** Booking class, season (H high, K shoulder, L low), day (W weekend, X other), days of advance purchase, O one way or
 *  R round trip, brand, S with a minimum stay: `OLX21RLS`. At most eight characters, unique in a market. */
export function fareBasis(market: Market, cabin: Cabin, step: number, terms: BrandTerms): string {
  const days = advance[cabin][step]!
  const stay = hasMinimumStay(market, cabin, step) ? 'S' : ''
  const letters = `${market.season}${market.weekend ? 'W' : 'X'}`
  return `${letterOf(market.owner, cabin, step)}${letters}${days || ''}${market.roundTrip ? 'R' : 'O'}${terms.letter}${stay}`
}

/** Of one adult for this direction. */
export function fareDollars(market: Market, cabin: Cabin, step: number, terms: BrandTerms): number {
  const { owner, km, roundTrip } = market
  const oneWay = !roundTrip && owner.model !== 'low-cost' && cabin === 'economy' ? 1.3 : 1
  return market.fullDollars * levels[cabin][step]! * oneWay + terms.uplift + terms.upliftPerKm * km
}

/** Airlines price markets differently, those without frills lower. */
function carrierFactor(owner: Carrier, from: Node, to: Node, seed: number): number {
  const [a, b] = from.airport.cityCode < to.airport.cityCode ? [from, to] : [to, from]
  const random = fraction(hashText(seed, `${owner.code}${a.airport.cityCode}${b.airport.cityCode}`))
  return (0.85 + 0.3 * random) * (owner.model === 'low-cost' ? 0.6 : 1)
}

/** July, August and the end of the year are high, spring and autumn between. */
function seasonOf(departure: Day): Market['season'] {
  const date = dateOf(departure)
  const monthDay = date.slice(5)
  if ((monthDay >= '06-20' && monthDay <= '09-05') || monthDay >= '12-15' || monthDay <= '01-05') return 'H'
  return (monthDay >= '04-01' && monthDay < '06-20') || (monthDay > '09-05' && monthDay <= '10-31') ? 'K' : 'L'
}

/** A change or a refund of one adult, before the brand's share of it. */
export function usualFeeDollars({ km }: Market): number {
  return km < 1500 ? 50 : km < 4000 ? 90 : 160
}
