import { type Money, money } from '../../../core/money.ts'
import {
  offersReadMax,
  type PassengerFare,
  type PassengerPrice,
  type Requirements,
  type SupplierOffer,
} from '../../../core/offer.ts'
import { sharedPassengers, sharedRequirements } from '../../../core/sharing.ts'
import { atOnce, offersPerTurn, type Steps } from '../../../core/turns.ts'
import { readConditions } from './conditions.ts'
import { assembleJourneys, readJourneys } from './journeys.ts'
import { type Asked, type OfferReading, timeLimitOf } from './offer-reading.ts'
import { boundedRaw } from './offer-size.ts'
import { groupTravellers, readPricings, seatsOf, travellerIds } from './offer-travellers.ts'
import { countOf, flagOf, listOf, type Place, type Raw, rawOf, textOf, Unreadable, warn } from './read.ts'
import { readOfferPrice, settleOffer } from './traveller-price.ts'

/** A `flight-offer`, as searched, priced or ordered, to our offer. */

/** Every readable one; each of the others costs a warning. */
export function decodeOffers(list: readonly unknown[], at: string, reading: OfferReading): readonly SupplierOffer[] {
  return atOnce(offerSteps(list, at, reading))
}

export function* offerSteps(
  list: readonly unknown[],
  at: string,
  reading: OfferReading,
): Steps<readonly SupplierOffer[]> {
  const offers: SupplierOffer[] = []
  if (list.length > offersReadMax) {
    warn(reading.warnings, 'too-many-offers', `${at}/${offersReadMax}`, `${list.length} offers: the rest is left out`)
  }
  const end = Math.min(list.length, offersReadMax)
  for (let from = 0; from < end; from += offersPerTurn) {
    if (end > offersPerTurn) yield
    readSome(list, from, Math.min(from + offersPerTurn, end), offers, at, reading)
  }
  return offers
}

function readSome(
  list: readonly unknown[],
  from: number,
  to: number,
  offers: SupplierOffer[],
  at: string,
  reading: OfferReading,
): void {
  for (let i = from; i < to; i++) {
    const place = (): string => `${at}/${i}`
    try {
      const raw = rawOf(list[i])
      if (raw === null) throw new Unreadable('offer-unreadable', place(), 'an offer is no object')
      offers.push(decodeOffer(raw, place, reading, reading.texts?.find(i, raw)))
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error
      warn(reading.warnings, error.code, error.at, `the offer is left out: ${error.message}`)
    }
  }
}

/** `text`: the same, to be kept in its place. */
export function decodeOffer(raw: Raw, at: Place, reading: OfferReading, text?: string): SupplierOffer {
  if (raw.type !== undefined && raw.type !== 'flight-offer') {
    throw new Unreadable('not-an-offer', `${at()}/type`, 'the entry is of another type')
  }
  const journeys = readJourneys(raw, at, reading)
  const flights = journeys.flat()
  const price = rawOf(raw.price)
  const currency = textOf(price?.currency)
  if (price === null || currency === null || !/^[A-Z]{3}$/.test(currency)) {
    throw new Unreadable('price-missing', `${at()}/price`, 'the offer has no price in a currency')
  }
  const pricings = readPricings(raw, flights, currency, at, reading)
  const settled = settleOffer(
    pricings.map(pricing => pricing.price),
    readOfferPrice(price, currency, at),
    at,
    reading.warnings,
  )
  const groups = groupTravellers(pricings, settled)
  const passengers = groups.map(group => group.fare)
  const conditions = readConditions(raw, pricings[0]!.details, { currency, seats: seatsOf(pricings) })
  return {
    provider: 'amadeus',
    validatingCarrier: textOf(listOf(raw.validatingAirlineCodes)[0]),
    total: totalOf(passengers, currency, each => each.total.amountMinor),
    base: totalOf(passengers, currency, each => each.base.amountMinor),
    taxes: totalOf(passengers, currency, each => chargesMinor(each.taxes)),
    fees: totalOf(passengers, currency, each => chargesMinor(each.fees)),
    passengers: sharedPassengers(passengers),
    slices: assembleJourneys(journeys, groups, reading),
    conditions,
    requirements: sharedRequirements(requirementsOf(raw, reading.asked)),
    seatsLeft: countOf(raw.numberOfBookableSeats),
    ticketBy: timeLimitOf(raw, flights[0]!.departureMs, reading),
    expiresAt: null,
    supplierContext: {
      offer: text ?? boundedRaw(raw, reading.small, at),
      travellers: reading.travellers ?? travellerIds(pricings),
    },
  }
}

function totalOf(
  passengers: readonly PassengerFare[],
  currency: string,
  part: (each: PassengerPrice) => number,
): Money {
  let total = 0
  for (const passenger of passengers) total += passenger.count * part(passenger.each)
  return money(total, currency)
}

function chargesMinor(charges: PassengerPrice['taxes']): number {
  let total = 0
  for (const charge of charges) total += charge.amount.amountMinor
  return total
}

function requirementsOf(raw: Raw, asked: Asked | null): Requirements {
  const instant = flagOf(raw.instantTicketingRequired)
  return {
    documents: asked?.documents ?? null,
    gender: asked?.gender ?? null,
    birthDate: asked?.birthDate ?? null,
    instantPayment: instant,
    holdAllowed: instant === null ? null : !instant && raw.paymentCardRequired !== true,
  }
}
