import type { PassengerId } from '../../../core/ids.ts'
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
import { assembleJourney, type Journey, readJourney, sameFares } from './journey.ts'
import { numberedIds, readPassengers, type TieIds, tieOf, type WirePassenger } from './passengers.ts'
import { apportionPrice, readWholePrice } from './price.ts'
import {
  airlineOf,
  flagOf,
  instantOf,
  isObject,
  type JsonObject,
  listOf,
  objectOf,
  type Places,
  textOf,
  Unreadable,
  Warnings,
} from './read.ts'

/** One offer: what an airline sells for one total. */

export type OfferReading = { readonly tie: TieIds; readonly warnings: Warnings }

/** For a message on its own, as the command line has it. */
export function openReading(tie: TieIds = numberedIds): OfferReading {
  return { tie, warnings: new Warnings() }
}

/** Every readable one; each of the others costs a warning. */
export function decodeOffers(list: readonly unknown[], at: Places, reading: OfferReading): readonly SupplierOffer[] {
  return atOnce(offerSteps(list, at, reading))
}

export function* offerSteps(
  list: readonly unknown[],
  at: Places,
  reading: OfferReading,
): Steps<readonly SupplierOffer[]> {
  const offers: SupplierOffer[] = []
  if (list.length > offersReadMax) {
    reading.warnings.add('too-many-offers', at(offersReadMax), `${list.length} offers: the rest is left out`)
  }
  const end = Math.min(list.length, offersReadMax)
  for (let i = 0; i < end; i++) {
    if (i % offersPerTurn === 0 && end > offersPerTurn) yield
    const offer = reading.warnings.guard(() => decodeOffer(list[i], at(i), reading))
    if (offer) offers.push(offer)
  }
  if (offers.some(offer => offer.passengers.length > 1)) {
    const text = 'the total is for all passengers; what each of them pays is apportioned by type'
    reading.warnings.add('price-apportioned', `${at(0)}/total_amount`, text)
  }
  return offers
}

export function decodeOffer(value: unknown, at: string, reading: OfferReading): SupplierOffer {
  const raw = objectOf(value)
  const offerId = textOf(raw.id)
  if (offerId === null) throw new Unreadable('offer-unreadable', at, 'an offer without an id')
  const price = readWholePrice(raw, at, reading.warnings)
  const riders = readPassengers(raw.passengers, `${at}/passengers`)
  const journey = readJourney(raw.slices, riders, `${at}/slices`, reading.warnings)
  const prices = apportionPrice(
    price,
    riders.map(rider => rider.type),
  )
  const ids = reading.tie(riders)
  const groups = groupRiders(riders, ids, prices, journey)
  const { currency } = price.total
  return {
    provider: 'duffel',
    validatingCarrier: airlineOf(raw.owner),
    total: price.total,
    base: money(price.base, currency),
    taxes: money(price.tax, currency),
    fees: money(price.gap, currency),
    passengers: sharedPassengers(groups.map(group => group.fare)),
    slices: assembleJourney(
      journey,
      groups.map(group => group.first),
      null,
      reading.warnings,
    ),
    conditions: readConditions(raw.conditions, currency),
    requirements: sharedRequirements(readRequirements(raw)),
    seatsLeft: null,
    ticketBy: instantOf(objectOf(raw.payment_requirements).payment_required_by),
    expiresAt: instantOf(raw.expires_at),
    supplierContext: {
      offerId,
      passengers: tieOf(riders, ids),
      ...(raw.partial === true ? { partial: true } : {}),
    },
  }
}

type Group = { readonly fare: PassengerFare; readonly first: number }

/** Passengers of one type, price and fare are one entry. */
function groupRiders(
  riders: readonly WirePassenger[],
  ids: readonly PassengerId[],
  prices: readonly PassengerPrice[],
  journey: Journey,
): readonly Group[] {
  const groups: { first: number; ids: PassengerId[] }[] = []
  for (let i = 0; i < riders.length; i++) {
    const group = groups.find(
      ({ first }) =>
        riders[first]!.type === riders[i]!.type &&
        samePrice(prices[first]!, prices[i]!) &&
        sameFares(journey.fares[first]!, journey.fares[i]!),
    )
    if (group) group.ids.push(ids[i]!)
    else groups.push({ first: i, ids: [ids[i]!] })
  }
  return groups.map(({ first, ids: own }) => ({
    first,
    fare: { ids: own, type: riders[first]!.type, count: own.length, each: prices[first]! },
  }))
}

function samePrice(a: PassengerPrice, b: PassengerPrice): boolean {
  const same = (x: Money | undefined, y: Money | undefined): boolean => x?.amountMinor === y?.amountMinor
  return same(a.total, b.total) && same(a.base, b.base) && same(a.taxes[0]?.amount, b.taxes[0]?.amount)
}

/** Orders always take a name, a birth date and a gender. Documents: an empty list of types forbids them. */
function readRequirements(raw: JsonObject): Requirements {
  const required = flagOf(raw.passenger_identity_documents_required)
  const types = raw.supported_passenger_identity_document_types ?? raw.allowed_passenger_identity_document_types
  const optional = required === false && listOf(types).includes('passport')
  const payment = isObject(raw.payment_requirements) ? flagOf(raw.payment_requirements.requires_instant_payment) : null
  return {
    documents: required === true ? 'required' : optional ? 'optional' : null,
    gender: true,
    birthDate: true,
    instantPayment: payment,
    holdAllowed: payment === null ? null : !payment,
  }
}
