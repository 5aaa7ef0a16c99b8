import type { SegmentFare, Slice } from '../../../core/itinerary.ts'
import type { Money } from '../../../core/money.ts'
import { nothingRequired, type SupplierOffer } from '../../../core/offer.ts'
import { conditionsOf } from './conditions.ts'
import { type OfficeInstant, officeInstant } from './dates.ts'
import type { ReadOffers } from './grouped.ts'
import { fillSlices, marriageGroups, type SegmentDetails } from './journeys.ts'
import { airlineOf, currencyOf, dateOf, type JsonObject, moneyOf, objectOf, manyOf, textOf, timeOf } from './json.ts'
import { readOtaPassengers } from './ota-fares.ts'
import { OtaFlights } from './ota-flights.ts'
import { offerPrices, roundingText } from './prices.ts'
import { holdAllowed, OfferProblem, type ReplyContext, Warnings } from './reading.ts'

/** OTA_AirLowFareSearchRS with PricedItineraries: Bargain Finder Max before groupedItineraryResponse, Advanced Calendar
 *  and alternate dates. Nothing is by reference. Each AirItineraryPricingInfo, the additional fares among them, is one
 *  offer. */
export function readOta(reply: JsonObject, context: ReplyContext): ReadOffers {
  const warnings = new Warnings()
  const flights = new OtaFlights(warnings)
  const offers: SupplierOffer[] = []
  const itineraries = manyOf(objectOf(reply.PricedItineraries).PricedItinerary)
  itineraries.forEach((itinerary, i) => {
    const at = `/PricedItineraries/PricedItinerary/${i}`
    const slices = warnings.guard(() => flights.slices(objectOf(itinerary.AirItinerary), at))
    if (!slices) return
    faresOf(itinerary).forEach((pricing, p) => {
      const place = `${at}/fares/${p}`
      const offer = warnings.guard(() => readOffer(itinerary, pricing, slices, context, warnings, place))
      if (offer) offers.push(offer)
    })
  })
  return { offers, warnings }
}

/** Its own, then the additional ones of the flexible-fares search. */
function faresOf(itinerary: JsonObject): readonly JsonObject[] {
  const own = manyOf(itinerary.AirItineraryPricingInfo)
  const more = manyOf(objectOf(itinerary.TPA_Extensions).AdditionalFares).flatMap(entry =>
    manyOf(entry.AirItineraryPricingInfo),
  )
  return [...own, ...more].filter(pricing => pricing.FareReturned !== false && pricing.FareReturned !== 'false')
}

function readOffer(
  itinerary: JsonObject,
  pricing: JsonObject,
  slices: readonly Slice[],
  context: ReplyContext,
  warnings: Warnings,
  at: string,
): SupplierOffer {
  const total = totalOf(objectOf(pricing.ItinTotalFare), at)
  const flights = slices.reduce((sum, slice) => sum + slice.segments.length, 0)
  const { passengers, seatsLeft } = readOtaPassengers(pricing, slices, total.currency, at)
  const prices = offerPrices(passengers, total, context.passengers())
  if (!prices) throw new OfferProblem('passenger-mismatch', at, 'prices other passengers than were asked for')
  if (prices.isOff) warnings.add('rounding', at, roundingText(prices.fees))
  const limit = limitOf(pricing, context)
  return {
    provider: 'sabre',
    validatingCarrier: validatingCarrier(itinerary, pricing),
    total: prices.total,
    base: prices.base,
    taxes: prices.taxes,
    fees: prices.fees,
    passengers: prices.passengers,
    slices: fillSlices(
      slices,
      detailsOf(
        slices,
        prices.sources.map(source => passengers[source]!),
        flights,
      ),
    ),
    conditions: conditionsOf(passengers, total.currency),
    requirements: { ...nothingRequired, birthDate: true, holdAllowed: holdAllowed(limit?.ms ?? null, context.nowMs) },
    seatsLeft,
    ticketBy: limit?.text ?? null,
    expiresAt: null,
    supplierContext: {},
  }
}

/** Here each flight says itself whether it begins a married group or goes on with one. */
function detailsOf(
  slices: readonly Slice[],
  passengers: ReturnType<typeof readOtaPassengers>['passengers'],
  flights: number,
): readonly SegmentDetails[] {
  const marriage = slices.flatMap(slice => slice.segments.map(segment => segment.marriageGroup))
  const groups = marriageGroups(marriage.map((_, i) => marriage[i + 1] !== 'I'))
  const details: SegmentDetails[] = []
  for (let i = 0; i < flights; i++) {
    const fares = passengers.map((passenger): SegmentFare => passenger.fares[i]!)
    details.push({ fares, marriageGroup: groups[i]!, status: null })
  }
  return details
}

function totalOf(totals: JsonObject, at: string): Money {
  const said = objectOf(totals.TotalFare)
  const currency = currencyOf(said.CurrencyCode)
  const total = currency && moneyOf(said.Amount, currency)
  if (!total) throw new OfferProblem('incomplete-fare', `${at}/ItinTotalFare/TotalFare`, 'no total that can be read')
  return total
}

function limitOf(pricing: JsonObject, context: ReplyContext): OfficeInstant | null {
  const date = dateOf(pricing.LastTicketDate)
  return date === null ? null : officeInstant(date, timeOf(pricing.LastTicketTime), context.officeZone)
}

/** Of the itinerary, or with the fare: there `Default` is a string in 1.8 and an object later. Alternates are not it. */
function validatingCarrier(itinerary: JsonObject, pricing: JsonObject): string | null {
  const own = objectOf(objectOf(itinerary.TPA_Extensions).ValidatingCarrier)
  const fare = manyOf(objectOf(pricing.TPA_Extensions).ValidatingCarrier)[0] ?? {}
  const isDefault = airlineOf(fare.Default) ?? airlineOf(objectOf(fare.Default).Code) ?? airlineOf(fare.Code)
  return isDefault ?? airlineOf(own.Code) ?? airlineOf(textOf(itinerary.ValidatingAirlineCode))
}
