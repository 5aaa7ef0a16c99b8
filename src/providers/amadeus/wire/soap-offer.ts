import type { Instant } from '../../../core/clock.ts'
import type { PassengerId } from '../../../core/ids.ts'
import type { PassengerType, Slice } from '../../../core/itinerary.ts'
import { type Money, money } from '../../../core/money.ts'
import {
  type Charge,
  nothingRequired,
  type PassengerFare,
  type PassengerPrice,
  type SupplierOffer,
} from '../../../core/offer.ts'

/** Offers out of SOAP replies, which are read and never booked from: nothing goes back to the supplier. */

export type PricedTraveller = { readonly id: PassengerId; readonly type: PassengerType; readonly price: PassengerPrice }

/** Neighbours of one type and price are one entry. */
export function passengersFrom(travellers: readonly PricedTraveller[]): readonly PassengerFare[] {
  const passengers: { ids: PassengerId[]; type: PassengerType; count: number; each: PassengerPrice }[] = []
  for (const { id, type, price } of travellers) {
    const last = passengers.at(-1)
    if (last && last.type === type && samePrice(last.each, price)) {
      last.ids.push(id)
      last.count++
    } else passengers.push({ ids: [id], type, count: 1, each: price })
  }
  return passengers
}

function samePrice(a: PassengerPrice, b: PassengerPrice): boolean {
  return a === b || (sameMoney(a.base, b.base) && sameCharges(a.taxes, b.taxes) && sameCharges(a.fees, b.fees))
}

function sameMoney(a: Money, b: Money): boolean {
  return a.amountMinor === b.amountMinor
}

function sameCharges(a: readonly Charge[], b: readonly Charge[]): boolean {
  return (
    a.length === b.length && a.every(({ code, amount }, i) => code === b[i]!.code && sameMoney(amount, b[i]!.amount))
  )
}

export type OfferParts = {
  readonly passengers: readonly PassengerFare[]
  readonly slices: readonly Slice[]
  readonly currency: string
  readonly validatingCarrier: string | null
  readonly refundAllowed: boolean | null
  readonly seatsLeft: number | null
  readonly ticketBy: Instant | null
}

export function offerFrom(parts: OfferParts): SupplierOffer {
  const { passengers, currency } = parts
  return {
    provider: 'amadeus',
    validatingCarrier: parts.validatingCarrier,
    total: sumOf(passengers, currency, each => each.total.amountMinor),
    base: sumOf(passengers, currency, each => each.base.amountMinor),
    taxes: sumOf(passengers, currency, each => chargesMinor(each.taxes)),
    fees: sumOf(passengers, currency, each => chargesMinor(each.fees)),
    passengers,
    slices: parts.slices,
    conditions: { change: { allowed: null, fee: null }, refund: { allowed: parts.refundAllowed, fee: null } },
    requirements: nothingRequired,
    seatsLeft: parts.seatsLeft,
    ticketBy: parts.ticketBy,
    expiresAt: null,
    supplierContext: {},
  }
}

function sumOf(passengers: readonly PassengerFare[], currency: string, part: (each: PassengerPrice) => number): Money {
  let total = 0
  for (const { count, each } of passengers) total += count * part(each)
  return money(total, currency)
}

function chargesMinor(charges: readonly Charge[]): number {
  let total = 0
  for (const charge of charges) total += charge.amount.amountMinor
  return total
}
