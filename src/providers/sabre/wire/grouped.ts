import type { LocalDate, Slice } from '../../../core/itinerary.ts'
import type { Money } from '../../../core/money.ts'
import { nothingRequired, offersReadMax, type SupplierOffer } from '../../../core/offer.ts'
import { atOnce, offersPerTurn, type Steps } from '../../../core/turns.ts'
import { conditionsOf } from './conditions.ts'
import { type OfficeInstant, officeInstant } from './dates.ts'
import { GroupedFares, type Origins } from './grouped-fares.ts'
import { GroupedFlights } from './grouped-flights.ts'
import {
  airlineOf,
  currencyOf,
  dateOf,
  isObject,
  type JsonObject,
  moneyOf,
  objectOf,
  objectsOf,
  textOf,
  timeOf,
  wholeOf,
} from './json.ts'
import { offerPrices, roundingText } from './prices.ts'
import { holdAllowed, OfferProblem, type Place, type ReplyContext, Warnings } from './reading.ts'
import { SoldSlices } from './sold-slices.ts'

export type ReadOffers = { readonly offers: readonly SupplierOffer[]; readonly warnings: Warnings }

/** groupedItineraryResponse, Bargain Finder Max 3 and later (domain.md 3.3). Everything is by reference: an itinerary
 *  names legs, a leg schedules, a fare its components, taxes and allowances. Each `pricingInformation` of an itinerary is
 *  one offer. */
export function readGrouped(reply: JsonObject, context: ReplyContext): ReadOffers {
  return atOnce(groupedSteps(reply, context))
}

export function* groupedSteps(reply: JsonObject, context: ReplyContext): Steps<ReadOffers> {
  const warnings = new Warnings()
  const reader = new GroupedReader(reply, context, warnings)
  const offers: SupplierOffer[] = []
  const groups = objectsOf(reply.itineraryGroups)
  let left = offersReadMax
  for (let g = 0; g < groups.length; g++) {
    const group = groups[g]!
    const place = `/itineraryGroups/${g}`
    const dates = objectsOf(objectOf(group.groupDescription).legDescriptions).map(leg => dateOf(leg.departureDate))
    const itineraries = objectsOf(group.itineraries)
    if (itineraries.length > left) {
      warnings.add('too-many-offers', `${place}/itineraries/${left}`, 'the itineraries from here on are left out')
    }
    const end = Math.min(itineraries.length, left)
    for (let i = 0; i < end; i++) {
      if (i % offersPerTurn === 0 && end > offersPerTurn) yield
      reader.itinerary(itineraries[i]!, dates, () => `${place}/itineraries/${i}`, offers)
    }
    left -= end
  }
  return { offers, warnings }
}

class GroupedReader {
  readonly #context: ReplyContext
  readonly #warnings: Warnings
  readonly #flights: GroupedFlights
  readonly #fares: GroupedFares
  readonly #sold = new SoldSlices()
  #pricingsLeft = offersReadMax

  constructor(reply: JsonObject, context: ReplyContext, warnings: Warnings) {
    this.#context = context
    this.#warnings = warnings
    this.#flights = new GroupedFlights(reply, warnings)
    this.#fares = new GroupedFares(reply)
  }

  itinerary(itinerary: JsonObject, dates: readonly (LocalDate | null)[], at: Place, offers: SupplierOffer[]): void {
    const slices = this.#warnings.guard(() => this.#slices(itinerary, dates, at))
    if (!slices) return
    const origins = originsOf(slices)
    const pricings = objectsOf(itinerary.pricingInformation)
    const count = Math.min(pricings.length, this.#pricingsLeft)
    this.#pricingsLeft -= count
    for (let p = 0; p < count; p++) {
      const place = (): string => `${at()}/pricingInformation/${p}`
      const offer = this.#warnings.guard(() => this.#offer(pricings[p]!, slices, origins, place))
      if (offer) offers.push(offer)
    }
  }

  #slices(itinerary: JsonObject, dates: readonly (LocalDate | null)[], at: Place): readonly Slice[] {
    const legs = objectsOf(itinerary.legs)
    if (legs.length === 0) throw new OfferProblem('incomplete-itinerary', at(), 'an itinerary without legs')
    // sized at once: a list that grows from nothing takes room for 17
    const slices = new Array<Slice>(legs.length)
    for (let i = 0; i < legs.length; i++) {
      const place = (): string => `${at()}/legs/${i}`
      const leg = legs[i]!
      const ref = wholeOf(leg.ref)
      const date = dateOf(leg.departureDate) ?? dates[i]
      if (ref === null) throw new OfferProblem('dangling-reference', place(), 'a leg without a reference')
      if (!date) throw new OfferProblem('incomplete-itinerary', place(), 'no date for a leg')
      slices[i] = this.#flights.slice(ref, date, place)
    }
    return slices
  }

  #offer(pricing: JsonObject, slices: readonly Slice[], origins: Origins, at: Place): SupplierOffer {
    const fare = pricing.fare
    if (!isObject(fare)) {
      throw new OfferProblem(pricing.soldOut ? 'sold-out' : 'incomplete-fare', at(), 'a price that holds no fare')
    }
    const totals = objectOf(fare.totalFare)
    const total = totalOf(totals, at)
    const passengers = this.#fares.passengers(fare, origins, total.currency, at)
    const prices = offerPrices(passengers, total, this.#context.passengers())
    if (!prices) throw new OfferProblem('passenger-mismatch', at(), 'prices other passengers than were asked for')
    if (prices.isOff) this.#warnings.add('rounding', at(), roundingText(prices.fees))
    const limit = this.#limit(fare)
    const sources = prices.sources.map(source => passengers[source]!)
    return {
      provider: 'sabre',
      validatingCarrier: airlineOf(fare.validatingCarrierCode),
      total: prices.total,
      base: prices.base,
      taxes: prices.taxes,
      fees: prices.fees,
      passengers: prices.passengers,
      slices: this.#sold.of(slices, sources, passengers[0]!.breaks),
      conditions: conditionsOf(passengers, total.currency),
      requirements: requirementsOf(holdAllowed(limit?.ms ?? null, this.#context.nowMs)),
      seatsLeft: seatsLeft(passengers),
      ticketBy: limit?.text ?? null,
      expiresAt: null,
      supplierContext: supplierContext(pricing, fare),
    }
  }

  #limit(fare: JsonObject): OfficeInstant | null {
    const date = dateOf(fare.lastTicketDate)
    return date === null ? null : officeInstant(date, timeOf(fare.lastTicketTime), this.#context.officeZone)
  }
}

function originsOf(slices: readonly Slice[]): Origins {
  let count = 0
  for (const { segments } of slices) count += segments.length
  const origins = new Array<string>(count)
  let next = 0
  for (const { segments } of slices) for (const { origin } of segments) origins[next++] = origin
  return origins
}

function totalOf(totals: JsonObject, at: Place): Money {
  const currency = currencyOf(totals.currency)
  const total = currency && moneyOf(totals.totalPrice, currency)
  if (!total) throw new OfferProblem('incomplete-fare', `${at()}/fare/totalFare`, 'no total that can be read')
  return total
}

function seatsLeft(passengers: readonly { readonly seatsLeft: number | null }[]): number | null {
  let least: number | null = null
  for (const { seatsLeft } of passengers)
    if (seatsLeft !== null && (least === null || seatsLeft < least)) least = seatsLeft
  return least
}

/** Sabre says nothing about data that it needs beyond names and birth dates. */
const requirements = [null, true, false].map(holdAllowed => ({
  documents: nothingRequired.documents,
  gender: nothingRequired.gender,
  birthDate: true,
  instantPayment: nothingRequired.instantPayment,
  holdAllowed,
}))

function requirementsOf(hold: boolean | null): SupplierOffer['requirements'] {
  return requirements.find(entry => entry.holdAllowed === hold)!
}

const emptyContext: SupplierOffer['supplierContext'] = {}

/** Traditional (ATPCO) fares have no ids: flights, booking classes and brands name them. */
function supplierContext(pricing: JsonObject, fare: JsonObject): SupplierOffer['supplierContext'] {
  const offerId = textOf(objectOf(pricing.offer).offerId)
  const offerItemId = textOf(fare.offerItemId)
  return offerId || offerItemId ? { offerId, offerItemId } : emptyContext
}
