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
 *  offer; where it is made of Tickets, each of these is, over its own flights. */
export function readOta(reply: JsonObject, context: ReplyContext): ReadOffers {
  const warnings = new Warnings()
  const flights = new OtaFlights(warnings)
  const offers: SupplierOffer[] = []
  for (const { list, place } of listsOf(reply)) {
    list.forEach((itinerary, i) => {
      let flown: JsonObject | undefined
      let slices: readonly Slice[] | undefined
      for (const sold of soldOf(itinerary, `${place}/PricedItinerary/${i}`)) {
        if (sold.itinerary !== flown) {
          flown = sold.itinerary
          slices = warnings.guard(() => flights.slices(objectOf(sold.itinerary.AirItinerary), sold.at))
        }
        const over = slices
        const offer = over && warnings.guard(() => readOffer(sold, over, context, warnings))
        if (offer) offers.push(offer)
      }
    })
  }
  return { offers, warnings }
}

type Itineraries = { readonly list: readonly JsonObject[]; readonly place: string }

/** A search for several tickets also has one-way itineraries, apart for each leg: to be bought one by one. */
function listsOf(reply: JsonObject): readonly Itineraries[] {
  const lists = [{ list: manyOf(objectOf(reply.PricedItineraries).PricedItinerary), place: '/PricedItineraries' }]
  for (const name of ['SimpleOneWayItineraries', 'BrandedOneWayItineraries']) {
    manyOf(objectOf(reply.OneWayItineraries)[name]).forEach((leg, i) => {
      lists.push({ list: manyOf(leg.PricedItinerary), place: `/OneWayItineraries/${name}/${i}` })
    })
  }
  return lists
}

/** A price, and what has it: an itinerary, or a Ticket over some of its flights. */
type Sold = { readonly itinerary: JsonObject; readonly pricing: JsonObject; readonly at: string }

function soldOf(itinerary: JsonObject, at: string): readonly Sold[] {
  return faresOf(itinerary).flatMap((pricing, p) => {
    const place = `${at}/fares/${p}`
    const tickets = manyOf(objectOf(pricing.Tickets).Ticket)
    if (tickets.length === 0) return [{ itinerary, pricing, at: place }]
    return tickets.flatMap((ticket, t) =>
      manyOf(ticket.AirItineraryPricingInfo).map(own => ({
        itinerary: ticket,
        pricing: own,
        at: `${place}/Tickets/Ticket/${t}`,
      })),
    )
  })
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
  { itinerary, pricing, at }: Sold,
  slices: readonly Slice[],
  context: ReplyContext,
  warnings: Warnings,
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
