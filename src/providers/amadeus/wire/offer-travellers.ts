import type { PassengerId } from '../../../core/ids.ts'
import type { PassengerFare, PassengerPrice } from '../../../core/offer.ts'
import { readDetails, sameDetails, type TravellerPricing } from './fares.ts'
import type { Flight } from './flight.ts'
import type { OfferReading } from './offer-reading.ts'
import { idOf, listOf, type Place, type Raw, rawOf, Unreadable, type Warnings, warn } from './read.ts'
import { findOrReadPrice } from './traveller-price.ts'
import { passengerTypeOf } from './vocabulary.ts'

/** `travelerPricings` of an offer: who is priced, and at what. */

export function readPricings(
  raw: Raw,
  flights: readonly Flight[],
  currency: string,
  at: Place,
  reading: OfferReading,
): readonly TravellerPricing[] {
  const list = listOf(raw.travelerPricings)
  if (list.length === 0) throw new Unreadable('traveller-missing', at(), 'the offer is priced for nobody')
  const pricings = new Array<TravellerPricing>(list.length)
  for (let i = 0; i < list.length; i++) {
    const place = (): string => `${at()}/travelerPricings/${i}`
    const item = rawOf(list[i])
    const wireId = idOf(item?.travelerId)
    const type = passengerTypeOf(item?.travelerType)
    if (item === null || wireId === null || type === null || isTaken(wireId, pricings, i)) {
      throw new Unreadable('traveller-unknown', place(), 'a traveller without an id and type of its own')
    }
    pricings[i] = {
      wireId,
      id: reading.travellers?.[wireId] ?? `pax_${wireId}`,
      type,
      // with one traveller the offer's price is his
      price: findOrReadPrice(
        item.price ?? (list.length === 1 ? raw.price : undefined),
        currency,
        place,
        reading.prices,
        reading.warnings,
      ),
      details: readDetails(item.fareDetailsBySegment, flights, place, reading.warnings),
    }
  }
  if (reading.travellers !== null) checkTravellers(pricings, reading.travellers, at)
  checkAdults(list, pricings, at, reading.warnings)
  return pricings
}

function isTaken(wireId: string, pricings: readonly TravellerPricing[], count: number): boolean {
  for (let i = 0; i < count; i++) if (pricings[i]!.wireId === wireId) return true
  return false
}

/** A price for others, or for fewer, than were asked for is no price. */
function checkTravellers(
  pricings: readonly TravellerPricing[],
  asked: Readonly<Record<string, PassengerId>>,
  at: Place,
): void {
  let known = 0
  for (const { wireId } of pricings) if (Object.hasOwn(asked, wireId)) known++
  if (known === pricings.length && known === Object.keys(asked).length) return
  throw new Unreadable('traveller-unknown', `${at()}/travelerPricings`, 'it is not priced for the travellers asked for')
}

/** A lap infant names the adult whose seat it shares. */
function checkAdults(
  list: readonly unknown[],
  pricings: readonly TravellerPricing[],
  at: Place,
  warnings: Warnings,
): void {
  for (let i = 0; i < list.length; i++) {
    const adult = idOf(rawOf(list[i])?.associatedAdultId)
    if (adult === null || pricings.some(pricing => pricing.wireId === adult && pricing.type !== 'INF')) continue
    warn(warnings, 'dangling-reference', `${at()}/travelerPricings/${i}/associatedAdultId`, `no adult ${adult}`)
  }
}

export type Group = { readonly fare: PassengerFare; readonly first: TravellerPricing }

/** Travellers of one type, price and fare are one entry. */
export function groupTravellers(
  pricings: readonly TravellerPricing[],
  settled: readonly PassengerPrice[],
): readonly Group[] {
  const groupOf = new Array<number>(pricings.length)
  let count = 0
  for (let i = 0; i < pricings.length; i++) {
    const like = findLike(pricings, settled, i)
    groupOf[i] = like < 0 ? count++ : groupOf[like]!
  }
  const groups = new Array<Group>(count)
  for (let group = 0; group < count; group++) {
    const at = groupOf.indexOf(group)
    const first = pricings[at]!
    const ids = idsOf(pricings, groupOf, group)
    groups[group] = { fare: { ids, type: first.type, count: ids.length, each: settled[at]! }, first }
  }
  return groups
}

/** The first traveller who is like this one; below zero: he is himself the first. */
function findLike(pricings: readonly TravellerPricing[], settled: readonly PassengerPrice[], index: number): number {
  const { type, details } = pricings[index]!
  for (let i = 0; i < index; i++) {
    const other = pricings[i]!
    if (other.type === type && samePrice(settled[i]!, settled[index]!) && sameDetails(other.details, details)) return i
  }
  return -1
}

function idsOf(
  pricings: readonly TravellerPricing[],
  groupOf: readonly number[],
  group: number,
): readonly PassengerId[] {
  let count = 0
  for (const other of groupOf) if (other === group) count++
  const ids = new Array<PassengerId>(count)
  let next = 0
  for (let i = 0; i < pricings.length; i++) if (groupOf[i] === group) ids[next++] = pricings[i]!.id
  return ids
}

function samePrice(a: PassengerPrice, b: PassengerPrice): boolean {
  if (a === b) return true
  if (a.total.amountMinor !== b.total.amountMinor || a.base.amountMinor !== b.base.amountMinor) return false
  return sameCharges(a.taxes, b.taxes) && sameCharges(a.fees, b.fees)
}

function sameCharges(a: PassengerPrice['taxes'], b: PassengerPrice['taxes']): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) {
    if (a[i]!.code !== b[i]!.code || a[i]!.amount.amountMinor !== b[i]!.amount.amountMinor) return false
  }
  return true
}

/** Its fares were told with an earlier entry of the type: only the price differs. */
export function toldBefore(groups: readonly Group[], index: number): boolean {
  const { first } = groups[index]!
  for (let i = 0; i < index; i++) {
    const other = groups[i]!.first
    if (other.type === first.type && sameDetails(other.details, first.details)) return true
  }
  return false
}

/** Everybody but lap infants; one at least. */
export function seatsOf(pricings: readonly TravellerPricing[]): number {
  let seats = 0
  for (const pricing of pricings) if (pricing.type !== 'INF') seats++
  return Math.max(seats, 1)
}

export function travellerIds(pricings: readonly TravellerPricing[]): Readonly<Record<string, PassengerId>> {
  const ids: Record<string, PassengerId> = {}
  for (const pricing of pricings) ids[pricing.wireId] = pricing.id
  return ids
}
