import type { Cabin, PassengerType } from '../core/itinerary.ts'
import type { BrandTerms } from './brands.ts'
import type { Carrier } from './carriers.ts'
import { cabinIndex } from './equipment.ts'
import type { Inventory, SeatCount } from './inventory.ts'
import type { Itinerary } from './itineraries.ts'
import { type CabinStep, carriedIn, letterOf, stepOffset } from './ladders.ts'
import { fareMinor, type Tender, taxMinor } from './rates.ts'
import { deviationOf, type Supplier } from './suppliers.ts'
import { fareBasis, fareDollars, type Market } from './tariff.ts'
import { taxesOn } from './taxes.ts'

/** Flights of one slice at one fare. */
export type Pick = {
  readonly itinerary: Itinerary
  readonly market: Market
  readonly cabin: Cabin
  readonly step: number
  readonly terms: BrandTerms
}

/** Who prices: a supplier, in a currency, now and then with a changed mind (magic routes). */
export type Pricing = {
  readonly supplier: Supplier
  readonly tender: Tender
  readonly seed: number
  /** 1 but where a magic route moves the price. */
  readonly factor: number
}

export type SlicePrice = {
  readonly base: number
  readonly taxes: readonly { readonly code: string; readonly minor: number }[]
}

export function priceOfSlice(pick: Pick, type: PassengerType, pricing: Pricing): SlicePrice {
  const { tender } = pricing
  const base = fareMinor(tender, adultDollars(pick, pricing) * share(type, pick.itinerary.owner))
  const taxes: { readonly code: string; readonly minor: number }[] = []
  for (const tax of taxesOn(pick.itinerary, pick.cabin, type)) {
    const minor = tax.share > 0 ? shareOf(base, tax.share, tender) : taxMinor(tender, tax.dollars)
    if (minor > 0) taxes.push({ code: tax.code, minor })
  }
  return { base, taxes }
}

function adultDollars({ market, cabin, step, terms }: Pick, { supplier, seed, factor }: Pricing): number {
  const filed = fareDollars(market, cabin, step, terms)
  const name = `${market.owner.code}${market.from.code}${market.to.code}${fareBasis(market, cabin, step, terms)}`
  return filed * deviationOf(supplier, name, seed) * factor
}

function shareOf(base: number, part: number, tender: Tender): number {
  return Math.round((base * part) / tender.taxUnit) * tender.taxUnit
}

/** Of the adult's fare. Youth, senior and student fares are filed by some airlines. */
function share(type: PassengerType, owner: Carrier): number {
  switch (type) {
    case 'ADT':
      return 1
    case 'CHD':
    case 'INS':
      return 0.75
    case 'INF':
      return 0.1
    case 'YTH':
      return owner.index % 2 === 0 ? 0.9 : 1
    case 'SRC':
      return owner.index % 3 === 0 ? 0.92 : 1
    case 'STU':
      return owner.index % 4 === 0 ? 0.88 : 1
  }
}

/** Ticket designators as airlines write them behind the adult's fare basis. */
export function fareBasisFor(pick: Pick, type: PassengerType): string {
  const basis = fareBasis(pick.market, pick.cabin, pick.step, pick.terms)
  switch (type) {
    case 'CHD':
    case 'INS':
      return `${basis}/CH25`
    case 'INF':
      return `${basis}/IN90`
    case 'ADT':
    case 'YTH':
    case 'SRC':
    case 'STU':
      return basis
  }
}

/** Cabin, step and letter in which a segment of the pick is booked: its own airline's letter. */
export function bookedIn(pick: Pick, segmentIndex: number): CabinStep & { readonly bookingClass: string } {
  const { carrier, operated } = pick.itinerary.segments[segmentIndex]!
  const placed = carriedIn(operated.layout, pick.cabin, pick.step)
  return { ...placed, bookingClass: letterOf(carrier, placed.cabin, placed.step) }
}

export function seatCounts(pick: Pick, count: number): readonly SeatCount[] {
  return pick.itinerary.segments.map(({ operated }, i) => {
    const { cabin, step } = bookedIn(pick, i)
    return { key: operated.key, layout: operated.layout, place: stepOffset[cabinIndex[cabin]] + step, count }
  })
}

/** The cheapest step of a cabin that may be sold and has the seats on every flight; undefined: none. */
export function lowestStep(
  itinerary: Itinerary,
  cabin: Cabin,
  seats: number,
  onSale: readonly boolean[],
  inventory: Inventory,
): number | undefined {
  for (let step = onSale.length - 1; step >= 0; step--) {
    if (!onSale[step]) continue
    const open = itinerary.segments.every(({ operated }) => {
      const placed = carriedIn(operated.layout, cabin, step)
      return inventory.available(operated, placed.cabin, placed.step) >= seats
    })
    if (open) return step
  }
  return undefined
}
